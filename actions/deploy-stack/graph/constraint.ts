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
}

/** Reads `Metadata.Constraints`: each has Parameter, and one of AtMost (a parameter), OwnRegion, LeastItems and Kept. */
export function readConstraints(constraints: unknown, path: string): Constraint[] {
  if (constraints === undefined) return []
  if (!Array.isArray(constraints)) throw new UserError(`${path}: Metadata.Constraints: expected a list`)
  return constraints.map((constraint) => {
    const { Parameter, ...rules } = Object(constraint)
    const [[name = '', value] = [], ...more] = Object.entries(rules)
    const rule = more.length === 0 ? ruleOf(name, value) : undefined
    if (Parameter !== undefined && rule) return { parameter: String(Parameter), rule }
    throw new UserError(
      `${path}: Metadata.Constraints: expected Parameter and one of AtMost, OwnRegion, LeastItems and Kept in each`,
    )
  })
}

function ruleOf(name: string, value: unknown): Constraint['rule'] | undefined {
  if (name === 'AtMost' && typeof value === 'string') return { kind: 'at-most', other: value }
  if (name === 'OwnRegion' && value === true) return { kind: 'own-region' }
  if (name === 'Kept' && value === true) return { kind: 'kept' }
  if (name === 'LeastItems' && typeof value === 'number') return { kind: 'items', least: value }
  return undefined
}
