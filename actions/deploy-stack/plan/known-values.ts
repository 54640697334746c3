import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { Scope } from '../graph/evaluate.ts'
import { scopeOf } from '../graph/scope.ts'
import type { Template } from '../graph/template.ts'
import type { Source, StackStep } from './plan.ts'

/** Where the stacks are deployed. */
export type Place = { prefix: string; account: string; region: string }

/** Deployed stacks by key. */
export type Deployed = ReadonlyMap<
  string,
  Pick<Stack, 'parameters' | 'outputs'> & Partial<Pick<Stack, 'exports'>>
>

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

/** Lists the values of the parameters of all stacks, planned or deployed, by key. */
export function listAllValues(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
): Map<string, ReadonlyMap<string, string>> {
  const values = [...deployed].map(([key, { parameters }]) => [key, parameters] as const)
  return new Map([
    ...values,
    ...steps.map((step) => [step.key, listKnownValues(step, place, deployed)] as const),
  ])
}

/** Gives what the functions of a step's template can be evaluated with before the deployment. */
export function listKnownScope(step: StackStep, place: Place, deployed: Deployed): Scope {
  return placeScope(step.template, listKnownValues(step, place, deployed), step.stackName, place)
}

/** Makes the scope of a template's functions from the values of its parameters, and the place of its stack. */
export function placeScope(
  template: Template,
  values: ReadonlyMap<string, string>,
  stackName: string,
  { account, region }: Place,
): Scope {
  const pseudo = { 'AWS::AccountId': account, 'AWS::Region': region, 'AWS::StackName': stackName }
  return scopeOf(template, new Map([...Object.entries(pseudo), ...values]))
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
