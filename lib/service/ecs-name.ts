import { UserError } from '../errors.ts'
import { quote } from '../quote.ts'

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
const namePattern = /^[A-Za-z0-9_-]{1,255}$/
const arnPattern = /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:(cluster|service)\/([^/]+)(?:\/([^/]+))?$/

/** Parses a cluster's name or ARN into its name; `input` begins the sentence of the UserError. */
export function parseCluster(text: string, input: string): string {
  const [, kind, name = text, more] = arnPattern.exec(text) ?? []
  if (kind !== 'service' && more === undefined && namePattern.test(name)) return name
  throw new UserError(
    `${input}: expected a name such as ddn-cluster, or the ARN of a cluster, got ${quote(text)}`,
  )
}

/** Lists the ARNs among names, for `verifyArns`. */
export const listArns = (names: readonly string[]): string[] =>
  names.filter((name) => name.startsWith('arn:'))

/** Refuses ARNs of another account or region: what has the same name here is another thing. Throws UserError. */
export function verifyArns(
  arns: readonly string[],
  { account, region }: { account: string; region: string },
): void {
  for (const arn of arns) {
    const [, , , itsRegion, itsAccount] = arn.split(':')
    if (itsRegion === region && itsAccount === account) continue
    throw new UserError(
      `${quote(arn)}: expected an ARN of ${region} and the account ${account}; use the credentials of its account and its AWS_REGION, or the name of what is here`,
    )
  }
}

/** Parses a service's name, or its ARN in the old form or the new one, which names the cluster, into its name. */
export function parseService(text: string, cluster: string, input: string): string {
  const [, kind, first, second] = arnPattern.exec(text) ?? []
  const name = kind === undefined ? text : (second ?? first ?? '')
  if (kind === 'cluster' || !namePattern.test(name)) {
    throw new UserError(`${input}: expected a name such as app, or the ARN of a service, got ${quote(text)}`)
  }
  if (second === undefined || first === cluster) return name
  throw new UserError(`${input}: expected a service of the cluster "${cluster}", got ${quote(text)}`)
}
