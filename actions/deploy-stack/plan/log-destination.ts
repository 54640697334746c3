import { UserError } from '../../../lib/errors.ts'
import type { AccountState } from '../observe/account.ts'
import type { Asked } from './asked.ts'
import type { Place } from './known-values.ts'
import { mayDeliver } from './log-policy.ts'

/** Where a log goes, which a parameter names: a bucket for a load balancer, or a log group that gets a subscription. */
export type LogCheck = { where: string; kind: 'log-bucket' | 'subscribable'; name: string; account: string }

/** Returns the check of a constraint `LogBucket` or `Subscribable`. */
export function logCheckOf({ where, parameter, rule, values, isNew }: Asked, { account }: Place): LogCheck[] {
  const name = values.get(parameter)
  if ((rule.kind !== 'log-bucket' && rule.kind !== 'subscribable') || !name || !isNew(parameter)) return []
  return [{ where, kind: rule.kind, name, account }]
}

/** Verifies that logs can be delivered, as far as that could be seen. Throws UserError. */
export function verifyLogs(checks: readonly LogCheck[], state: LogState): void {
  for (const check of checks) {
    const fault = check.kind === 'log-bucket' ? findBucketFault(check, state) : findGroupFault(check, state)
    if (fault !== undefined) throw new UserError(`parameters: ${check.where}: expected ${fault}`)
  }
}

type LogState = Pick<AccountState, 'logBuckets' | 'subscriptions' | 'region'>

function findBucketFault({ name, account }: LogCheck, { logBuckets, region }: LogState): string | undefined {
  const bucket = logBuckets.get(name)
  if (bucket === undefined) return undefined
  if (bucket === 'missing') return `a bucket of ${region} that exists, got ${name}, which is not there`
  if (bucket.region !== '' && bucket.region !== region)
    return `a bucket of ${region}, got ${name}, which is in ${bucket.region}`
  if (mayDeliver(bucket.policy, name, account)) return undefined
  return `a bucket whose policy lets logdelivery.elasticloadbalancing.amazonaws.com put objects below AWSLogs/${account}/, got ${name}, whose policy does not`
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
const mostFilters = 2

function findGroupFault({ name }: LogCheck, { subscriptions }: LogState): string | undefined {
  const filters = subscriptions.get(name)
  if (filters === 'missing') return `a log group that exists, got ${name}, which is not there`
  if (filters === undefined || filters < mostFilters) return undefined
  return `a log group with fewer than ${mostFilters} subscription filters, got ${name}, which has ${filters}; delete one`
}
