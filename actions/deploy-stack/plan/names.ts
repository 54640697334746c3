import { evaluateCondition, evaluateText, type Scope } from '../graph/evaluate.ts'
import type { Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** The name that a stack gives to a resource. */
export type ResourceName = { key: string; logicalId: string; type: string; name: string; isRetained: boolean }

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
