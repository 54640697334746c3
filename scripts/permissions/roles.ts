import { divide, type Statement, toStatements } from './policy.ts'
import { deriveStackPermissions, type Line, readDenied, readLines } from './table.ts'

/** A managed policy of cloudformation/github-oidc.yml. */
export type Policy = {
  /** Logical id, such as `DeployPolicy1`. */
  id: string
  /** Last part of its name, such as `deploy-1`. */
  name: string
  /** The role that has it, in lower case. */
  role: string
  /** The template's condition under which it is made. */
  condition: string | undefined
  statements: readonly Statement[]
}

/** Derives the policies of the roles of the workflows; `templates` are those that the deploying role deploys. */
export function derivePolicies(templates: readonly string[]): Policy[] {
  const push = readLines('push-image')
  const always = ({ when }: Line) => when === undefined
  const report = readLines('billing-report')
  const startsWith =
    (input: string) =>
    ({ when }: Line) =>
      when?.startsWith(input) ?? false
  const check = readLines('check-service')
  const stacks = [...inMode('deploy'), ...inMode('destroy'), ...inMode('drift')]
  const deploy = [...push, ...stacks, ...check].filter(always)
  return [
    ...makePolicies('deploy', [...deploy, ...deriveStackPermissions(templates).lines]),
    ...makePolicies('deploy', push.filter(startsWith('archive')), 'Archive'),
    ...makePolicies('preview', inMode('preview').filter(always)),
    ...makePolicies('pause', [...readLines('pause-resume'), ...check]),
    ...makePolicies('report', report.filter(always)),
    ...makePolicies('report', report.filter(startsWith('publish-to')), 'Bills'),
  ]
}

/** The lines of deploy-stack for one of its modes. */
export const inMode = (mode: string): Line[] =>
  readLines('deploy-stack').filter(({ modes }) => modes?.includes(mode) ?? true)

function makePolicies(role: string, lines: readonly Line[], extra?: string): Policy[] {
  const denied = extra
    ? []
    : toStatements(readDenied(role)).map((one) => ({ ...one, Effect: 'Deny' as const }))
  const parts = divide([...denied, ...toStatements(lines)])
  return parts.map((statements, index) => {
    const part = extra ?? (parts.length > 1 ? String(index + 1) : '')
    return {
      id: `${role[0]?.toUpperCase()}${role.slice(1)}${extra ?? ''}Policy${extra ? '' : part}`,
      name: [role, part.toLowerCase()].filter(Boolean).join('-'),
      role,
      condition: extra ? `Has${extra}` : undefined,
      statements,
    }
  })
}
