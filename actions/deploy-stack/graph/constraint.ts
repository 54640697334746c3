import { UserError } from '../../../lib/errors.ts'
import { listOf, mapOf, type Tree, type TreeMap, textOf } from './template-tree.ts'

/** What a template asks of a value that its declaration cannot say; CloudFormation's rules know no order. */
export type Constraint = {
  parameter: string
  rule:
    | { kind: 'at-most'; other: string }
    /** An ARN of the region that is deployed to, or of none. */
    | { kind: 'own-region' }
    /** A list of so many different items. */
    | { kind: 'items'; least: number }
    /** The value that the stack was created with. */
    | { kind: 'kept' }
    | AccountRule
}

/** What only the account tells. */
export type AccountRule =
  /** Subnets of the VPC that another parameter names. */
  | { kind: 'subnets-of'; other: string }
  /** Subnets in so many different zones. */
  | { kind: 'zones'; least: number }
  /** Subnets in zones that have VPC links. */
  | { kind: 'vpc-link-zones' }
  /** An instance type whose quota suffices for the numbers of instances that two parameters give: at first, at most. */
  | { kind: 'gpu-quota'; first: string; most: string }
  /** An instance type that is offered in the zones of the subnets that another parameter names. */
  | { kind: 'offered-in'; subnets: string }
  /** A certificate of ACM, for the host name that another parameter has, maybe of another stack. */
  | { kind: 'certificate'; hostName: string | undefined }
  /** A bucket that takes the access log of a load balancer. */
  | { kind: 'log-bucket' }
  /** A log group that takes another subscription filter. */
  | { kind: 'subscribable' }

const names =
  'AtMost, OwnRegion, LeastItems, Kept, SubnetsOf, LeastZones, VpcLinkZones, GpuQuota, OfferedIn, Certificate, LogBucket and Subscribable'

/**
 * Reads `Metadata.Constraints`: each has Parameter, and one rule. One of another tool, of another shape, is skipped.
 * Throws UserError.
 */
export function readConstraints(constraints: Tree, path: string): Constraint[] {
  return listOurs(constraints).map(({ Parameter, ...rules }) => {
    const [[name = '', value] = [], ...more] = Object.entries(rules)
    const rule = more.length === 0 ? ruleOf(name, value) : undefined
    if (typeof Parameter === 'string' && rule) return { parameter: Parameter, rule }
    throw new UserError(`${path}: Metadata.Constraints: expected Parameter and one of ${names} in each`)
  })
}

/** Returns the entries of a list in `Metadata` if it is ours: each is a map with `Parameter`. */
export function listOurs(metadata: Tree): TreeMap[] {
  const entries = listOf(metadata).map(mapOf)
  return entries.every((entry) => 'Parameter' in entry) ? entries : []
}

function ruleOf(name: string, value: Tree): Constraint['rule'] | undefined {
  const text = textOf(value)
  if (name === 'AtMost' && text !== undefined) return { kind: 'at-most', other: text }
  if (name === 'OwnRegion' && text === 'true') return { kind: 'own-region' }
  if (name === 'Kept' && text === 'true') return { kind: 'kept' }
  if (name === 'LeastItems' && isCount(text)) return { kind: 'items', least: Number(text) }
  return accountRuleOf(name, value)
}

function accountRuleOf(name: string, value: Tree): AccountRule | undefined {
  const text = textOf(value)
  if (name === 'SubnetsOf' && text !== undefined) return { kind: 'subnets-of', other: text }
  if (name === 'LeastZones' && isCount(text)) return { kind: 'zones', least: Number(text) }
  if (name === 'OfferedIn' && text !== undefined) return { kind: 'offered-in', subnets: text }
  if (name === 'Certificate' && text !== undefined && text !== 'true')
    return { kind: 'certificate', hostName: text }
  if (text === 'true') return flags[name]
  if (name !== 'GpuQuota') return undefined
  const { First, Most } = mapOf(value)
  const isPair = typeof First === 'string' && typeof Most === 'string'
  return isPair ? { kind: 'gpu-quota', first: First, most: Most } : undefined
}

const flags: Readonly<Record<string, AccountRule>> = {
  VpcLinkZones: { kind: 'vpc-link-zones' },
  Certificate: { kind: 'certificate', hostName: undefined },
  LogBucket: { kind: 'log-bucket' },
  Subscribable: { kind: 'subscribable' },
}

const isCount = (text: string | undefined) => /^\d+$/.test(text ?? '')
