import type { Constraint } from '../graph/constraint.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** What a constraint asks of a parameter, with the values that are known. */
export type Asked = {
  /** The parameter, such as `api.AlbSubnetIds`. */
  where: string
  parameter: string
  rule: Constraint['rule']
  values: ReadonlyMap<string, string>
  /** Returns whether a parameter gets another value than the stack has. */
  isNew(parameter: string): boolean
  /** Whether the stack is there. */
  isDeployed: boolean
}

/** Lists what the template of a step asks. */
export function listAsked(step: StackStep, place: Place, deployed: Deployed): Asked[] {
  const values = listKnownValues(step, place, deployed)
  const before = deployed.get(step.key)?.parameters
  return step.template.constraints.map(({ parameter, rule }) => ({
    where: `${step.key}.${parameter}`,
    parameter,
    rule,
    values,
    isNew: (name) => values.get(name) !== before?.get(name),
    isDeployed: before !== undefined,
  }))
}

/** Splits the value of a list into its items, each once; of one that is not known or empty, it has none. */
export function splitItems(value: string | undefined): string[] {
  return value ? [...new Set(value.split(',').map((item) => item.trim()))] : []
}
