import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackStep } from './plan.ts'

/** Deployed stacks by key. */
export type Deployed = ReadonlyMap<string, Pick<Stack, 'parameters'>>

/** Lists the values that the parameters of a step will have, without those that only the deployment tells. */
export function listKnownValues(step: StackStep, deployed: Deployed): Map<string, string> {
  const before = deployed.get(step.key)?.parameters
  return new Map(
    [...step.parameters].flatMap(([name, source]): [string, string][] => {
      if (source.kind === 'previous-or-default') {
        const value = before?.get(name) ?? step.template.parameters.get(name)?.default
        return value === undefined ? [] : [[name, value]]
      }
      if (source.kind !== 'value') return []
      const texts = source.value.map((piece) => (piece.kind === 'text' ? piece.text : undefined))
      return texts.includes(undefined) ? [] : [[name, texts.join('')]]
    }),
  )
}
