import type { Constraint } from '../graph/constraint.ts'
import type { Template } from '../graph/template.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** What a constraint asks of a parameter, with the values that are known. */
export type Asked = {
  /** The stack. */
  key: string
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

type Values = ReadonlyMap<string, string>

/** Lists what the template of a step asks. */
export function listAsked(step: StackStep, place: Place, deployed: Deployed): Asked[] {
  const values = listKnownValues(step, place, deployed)
  return askedBy(step.key, step.template, values, deployed.get(step.key)?.parameters)
}

/** Lists what the templates of deployed stacks ask that have no step: all their values stay. */
export function listKept(
  templates: ReadonlyMap<string, Template>,
  steps: readonly StackStep[],
  deployed: Deployed,
): Asked[] {
  return [...templates].flatMap(([key, template]) => {
    const values = deployed.get(key)?.parameters
    if (!values || steps.some((step) => step.key === key)) return []
    return askedBy(key, template, values, values)
  })
}

function askedBy(
  key: string,
  { constraints }: Template,
  values: Values,
  before: Values | undefined,
): Asked[] {
  return constraints.map(({ parameter, rule }) => ({
    key,
    where: `${key}.${parameter}`,
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
