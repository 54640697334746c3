import { environment, secrets, variables } from './setup.ts'

/** What a repository has, as GitHub's API tells. */
export type RepositorySettings = {
  /** Name to value. */
  variables: ReadonlyMap<string, string>
  /** Undefined where the token may not list them. */
  secrets: readonly string[] | undefined
  /** Undefined where there is none of the name `production`. */
  environment: { restrictsBranches: boolean; hasReviewers: boolean } | undefined
  /** First part of the subjects of its tokens, such as `repo:OWNER@ID/REPO@ID`. */
  subjectPrefix: string
}

/** One line of the check. */
export type Finding = { kind: 'missing' | 'wrong' | 'optional' | 'ok'; what: string }

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/

/** Lists the ARNs of the roles that the variables name, by variable. */
export const listRoles = (found: RepositorySettings['variables']): Map<string, string> =>
  new Map(
    variables.flatMap(({ name, output }) => {
      const value = found.get(name)
      return output !== undefined && value !== undefined && roleArn.test(value) ? [[name, value]] : []
    }),
  )

/** Compares a repository's settings with what the workflows need. */
export function findMissing(settings: RepositorySettings): Finding[] {
  return [
    ...variables.map(({ name, isRequired, meaning, output }): Finding => {
      const value = settings.variables.get(name)
      if (value === undefined)
        return { kind: isRequired ? 'missing' : 'optional', what: `variable ${name}: ${meaning}` }
      const isWrong = output !== undefined && !roleArn.test(value)
      return isWrong
        ? { kind: 'wrong', what: `variable ${name}: expected the ARN of a role, got "${value}"` }
        : { kind: 'ok', what: `variable ${name}` }
    }),
    ...secrets.map(({ name, meaning }): Finding => {
      if (settings.secrets === undefined)
        return { kind: 'optional', what: `secret ${name}: the token may not list secrets` }
      return settings.secrets.includes(name)
        ? { kind: 'ok', what: `secret ${name}` }
        : { kind: 'optional', what: `secret ${name}: ${meaning}` }
    }),
    ...checkEnvironment(settings.environment),
  ]
}

// An environment that admits any branch lets everybody deploy who can push one.
function checkEnvironment(found: RepositorySettings['environment']): Finding[] {
  const name = `environment ${environment}`
  if (!found) return [{ kind: 'missing', what: `${name}: deployments wait for no approval` }]
  return [
    found.restrictsBranches
      ? { kind: 'ok', what: `${name} restricts branches` }
      : { kind: 'wrong', what: `${name}: expected it to restrict branches, but it admits any branch` },
    found.hasReviewers
      ? { kind: 'ok', what: `${name} has reviewers` }
      : { kind: 'optional', what: `${name}: without required reviewers, nobody approves a deployment` },
  ]
}

/** Renders the findings, the missing ones first. */
export function renderFindings(findings: readonly Finding[]): string {
  const order: readonly Finding['kind'][] = ['missing', 'wrong', 'optional', 'ok']
  return order
    .flatMap((kind) => findings.filter((finding) => finding.kind === kind))
    .map(({ kind, what }) => `${kind.padEnd(8)}  ${what}`)
    .join('\n')
}
