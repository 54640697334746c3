import { UserError } from '../../../lib/errors.ts'
import { findFault } from '../graph/parameter-rule.ts'
import { stacksOf } from '../graph/value.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/**
 * Verifies the values that parameters will have, as far as they are certain before the deployment, against the templates:
 * one that a stack keeps, the default of a new parameter, and what references stand for. Throws UserError.
 */
export function verifyKnownParameters(steps: readonly StackStep[], place: Place, deployed: Deployed): void {
  const planned = listKeys(steps)
  for (const step of steps) {
    for (const [name, value] of listCertainValues(step, planned, place, deployed)) {
      const rule = step.template.parameters.get(name)
      // Of one in SSM, only the name is known.
      const isOther = !rule || rule.type.startsWith('AWS::SSM::Parameter::')
      const fault = isOther ? undefined : findFault(rule, value)
      if (fault === undefined) continue
      throw new UserError(
        `parameters: ${step.key}.${name}: ${fault}${adviseOn(step, name, deployed.get(step.key)?.parameters)}`,
      )
    }
  }
}

function adviseOn(step: StackStep, name: string, before?: Pick<ReadonlySet<string>, 'has'>): string {
  if (step.parameters.get(name)?.kind === 'value') return ''
  const source = before?.has(name) ? 'which the stack has now' : 'which is its default'
  return `, ${source}; give ${step.key}.${name}=… in the input parameters`
}

/** Lists the keys of steps. */
export const listKeys = (steps: readonly StackStep[]): ReadonlySet<string> =>
  new Set(steps.map(({ key }) => key))

// CloudFormation shows a value so that a template hides with NoEcho.
const hidden = /^\*+$/

/** Lists the values that the parameters of a step will have, without those that the stacks that are planned may change. */
export function listCertainValues(
  step: StackStep,
  planned: ReadonlySet<string>,
  place: Place,
  deployed: Deployed,
): Map<string, string> {
  const isCertain = ([name, value]: [string, string]) => {
    const source = step.parameters.get(name)
    return source?.kind === 'value'
      ? !stacksOf(source.value).some((key) => planned.has(key))
      : !hidden.test(value)
  }
  return new Map([...listKnownValues(step, place, deployed)].filter(isCertain))
}
