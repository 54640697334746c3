import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { Source, StackStep } from './plan.ts'

/** Where the stacks are deployed. */
export type Place = { prefix: string; account: string; region: string }

/** Deployed stacks by key. */
export type Deployed = ReadonlyMap<string, Pick<Stack, 'parameters' | 'outputs'>>

/** Lists the values that the parameters of a step will have, as far as they are known before the deployment. */
export function listKnownValues(step: StackStep, place: Place, deployed: Deployed): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, source] of step.parameters) {
    const kept = deployed.get(step.key)?.parameters.get(name) ?? step.template.parameters.get(name)?.default
    const known = source.kind === 'previous-or-default' ? kept : resolveKnown(source, place, deployed)
    if (known !== undefined) values.set(name, known)
  }
  return values
}

function resolveKnown(source: Source, place: Place, deployed: Deployed): string | undefined {
  if (source.kind !== 'value') return undefined
  const pieces = source.value.map((piece) => {
    if (piece.kind === 'text') return piece.text
    if (piece.kind === 'setting') return place[piece.name]
    return piece.kind === 'output' ? deployed.get(piece.stack)?.outputs.get(piece.output) : undefined
  })
  return pieces.includes(undefined) ? undefined : pieces.join('')
}
