import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import { namedTypes } from '../graph/named-type.ts'
import { type Deployed, listKnownScope, type Place } from './known-values.ts'
import { listNames, type ResourceName } from './names.ts'
import type { StackStep } from './plan.ts'

/** Lists the names that the stacks give to resources. Throws UserError where a deployed one gets another Prefix. */
export function listGuardedNames(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
): ResourceName[] {
  return steps.flatMap((step) => {
    const scope = listKnownScope(step, place, deployed)
    verifyPrefixStays(step.key, scope.values, deployed.get(step.key)?.parameters)
    return listNames(step, scope)
  })
}

/**
 * Refuses to give another name to what holds data in a deployed stack: CloudFormation would make an empty one beside
 * it. `owned` has the physical ids of what the stacks have, by `key.logicalId`. Throws UserError.
 */
export function verifyNamesStay(
  names: readonly ResourceName[],
  owned: ReadonlyMap<string, string>,
  deployed: Deployed,
): void {
  for (const { key, logicalId, type, name } of names) {
    const named = namedTypes.get(type)
    const before = owned.get(`${key}.${logicalId}`)
    if (!deployed.has(key) || !named?.adoptable || before === undefined || before === name) continue
    throw new UserError(
      `${key}: the ${named.noun} ${quote(before)} holds data and cannot be renamed to ${quote(name)} after the first deployment; give the name that it has`,
    )
  }
}

function verifyPrefixStays(
  key: string,
  parameters: ReadonlyMap<string, string>,
  deployed: ReadonlyMap<string, string> | undefined,
): void {
  const before = deployed?.get('Prefix')
  const after = parameters.get('Prefix')
  if (before === undefined || after === undefined || before === after) return
  throw new UserError(
    `${key}: the parameter Prefix cannot change from ${quote(before)} to ${quote(after)} after the first deployment; deploy other stacks with the input prefix`,
  )
}
