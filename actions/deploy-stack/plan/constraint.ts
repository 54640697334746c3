import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import type { Constraint } from '../graph/constraint.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** Verifies what the templates ask of parameters, before anything is made. Throws UserError for the first that fails. */
export function verifyConstraints(steps: readonly StackStep[], place: Place, deployed: Deployed): void {
  for (const step of steps) {
    const values = listKnownValues(step, place, deployed)
    for (const { parameter, rule } of step.template.constraints) {
      const value = values.get(parameter)
      if (value === undefined) continue
      if (rule.kind === 'kept') verifyKept(step.key, parameter, value, deployed)
      const expected = value === '' ? undefined : expectedOf(rule, value, values, place.region)
      if (!expected) continue
      throw new UserError(`parameters: ${step.key}.${parameter}: expected ${expected}, got ${quote(value)}`)
    }
  }
}

function verifyKept(key: string, parameter: string, value: string, deployed: Deployed): void {
  const before = deployed.get(key)?.parameters.get(parameter)
  if (before === undefined || before === value) return
  throw new UserError(
    `parameters: ${key}.${parameter}: expected ${quote(before)}, with which the stack was created, got ${quote(value)}; deploy under another prefix to change it`,
  )
}

function expectedOf(
  rule: Constraint['rule'],
  value: string,
  values: ReadonlyMap<string, string>,
  region: string,
): string | undefined {
  if (rule.kind === 'items') {
    const items = new Set(value.split(',').map((item) => item.trim()))
    return items.size < rule.least ? `at least ${rule.least} different ones` : undefined
  }
  if (rule.kind === 'own-region') {
    const [, , , own] = value.split(':')
    // What belongs to no region can be used in each, as a server certificate of IAM.
    return own === '' || own === region ? undefined : `an ARN of the region ${region}`
  }
  if (rule.kind !== 'at-most') return undefined
  const most = values.get(rule.other)
  return most !== undefined && Number(value) > Number(most)
    ? `at most ${rule.other}, which is ${most}`
    : undefined
}
