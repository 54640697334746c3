import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { evaluateCondition, evaluateText, type Scope } from '../graph/evaluate.ts'
import type { Source, StackStep } from './plan.ts'

/** The name that a stack gives to a resource. */
export type ResourceName = { key: string; logicalId: string; type: string; name: string; isRetained: boolean }

/** Where the stacks are deployed. */
export type Place = { prefix: string; account: string; region: string }

/** Stacks by key: what they were deployed with. */
export type Deployed = ReadonlyMap<string, Pick<Stack, 'parameters' | 'outputs'>>

/** Lists the values of a stack's parameters, as far as they are known before the deployment. */
export function listParameters(step: StackStep, place: Place, deployed: Deployed): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, source] of step.parameters) {
    const value = resolveKnown(source, place, deployed)
    const kept = deployed.get(step.key)?.parameters.get(name) ?? step.template.parameters.get(name)?.default
    const known = source.kind === 'previous-or-default' ? kept : value
    if (known !== undefined) values.set(name, known)
  }
  return values
}

/** Lists the names that a stack gives to its resources, as far as they are known before the deployment. */
export function listNames(
  { key, stackName, template }: StackStep,
  parameters: ReadonlyMap<string, string>,
  { account, region }: Place,
): ResourceName[] {
  const pseudo = { 'AWS::AccountId': account, 'AWS::Region': region, 'AWS::StackName': stackName }
  const values = new Map([...Object.entries(pseudo), ...parameters])
  const scope: Scope = { values, conditions: template.conditions }
  return template.named.flatMap(({ logicalId, type, name: given, condition, isRetained }) => {
    const isMade = condition === undefined || evaluateCondition({ Condition: condition }, scope)
    const name = isMade ? evaluateText(given, scope) : undefined
    return name ? [{ key, logicalId, type, name, isRetained }] : []
  })
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
