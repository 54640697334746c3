import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import type { Constraint } from '../graph/constraint.ts'
import { type Deployed, listKnownValues } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** Verifies what the templates ask of parameters, before anything is made. Throws UserError for the first that fails. */
export function verifyConstraints(steps: readonly StackStep[], deployed: Deployed, region: string): void {
  for (const step of steps) {
    const values = listKnownValues(step, deployed)
    for (const { parameter, rule } of step.template.constraints) {
      const value = values.get(parameter)
      const expected = value ? expectedOf(rule, value, values, region) : undefined
      if (!value || !expected) continue
      throw new UserError(`parameters: ${step.key}.${parameter}: expected ${expected}, got ${quote(value)}`)
    }
  }
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
    return own === region ? undefined : `an ARN of the region ${region}`
  }
  const most = values.get(rule.other)
  return most !== undefined && Number(value) > Number(most)
    ? `at most ${rule.other}, which is ${most}`
    : undefined
}
