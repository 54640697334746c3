import { UserError } from '../../../lib/errors.ts'

/** What a template asks of a value that its declaration cannot say; CloudFormation's rules know no order. */
export type Constraint = {
  parameter: string
  rule:
    | { kind: 'at-most'; other: string }
    /** An ARN of the region that is deployed to. */
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

const names = 'AtMost, OwnRegion, LeastItems, Kept, SubnetsOf, LeastZones, VpcLinkZones and GpuQuota'

/** Reads `Metadata.Constraints`: each has Parameter, and one rule. Throws UserError. */
export function readConstraints(constraints: unknown, path: string): Constraint[] {
  if (constraints === undefined) return []
  if (!Array.isArray(constraints)) throw new UserError(`${path}: Metadata.Constraints: expected a list`)
  return constraints.map((constraint) => {
    const { Parameter, ...rules } = Object(constraint)
    const [[name = '', value] = [], ...more] = Object.entries(rules)
    const rule = more.length === 0 ? ruleOf(name, value) : undefined
    if (Parameter !== undefined && rule) return { parameter: String(Parameter), rule }
    throw new UserError(`${path}: Metadata.Constraints: expected Parameter and one of ${names} in each`)
  })
}

function ruleOf(name: string, value: unknown): Constraint['rule'] | undefined {
  if (name === 'AtMost' && typeof value === 'string') return { kind: 'at-most', other: value }
  if (name === 'OwnRegion' && value === true) return { kind: 'own-region' }
  if (name === 'Kept' && value === true) return { kind: 'kept' }
  if (name === 'LeastItems' && typeof value === 'number') return { kind: 'items', least: value }
  return accountRuleOf(name, value)
}

function accountRuleOf(name: string, value: unknown): AccountRule | undefined {
  if (name === 'SubnetsOf' && typeof value === 'string') return { kind: 'subnets-of', other: value }
  if (name === 'LeastZones' && typeof value === 'number') return { kind: 'zones', least: value }
  if (name === 'VpcLinkZones' && value === true) return { kind: 'vpc-link-zones' }
  if (name !== 'GpuQuota') return undefined
  const { First, Most } = Object(value)
  const isPair = typeof First === 'string' && typeof Most === 'string'
  return isPair ? { kind: 'gpu-quota', first: First, most: Most } : undefined
}
