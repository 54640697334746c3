import { UserError } from '../../../lib/errors.ts'
import { listFirst, quote } from '../../../lib/quote.ts'
import { namedTypes } from '../graph/named-type.ts'
import { mapOf } from '../graph/template-tree.ts'
import type { ResourceName } from './names.ts'
import type { Adoption, StackStep } from './plan.ts'

/** A resource that exists under a name that a stack would give. */
type Existing = ResourceName & {
  tags: ReadonlyMap<string, string>
  /** Whether it belongs to a stack that is deleted first, since its creation failed. */
  goes: boolean
}

const prefixTag = 'gpu-service-actions:prefix'
const stackTag = 'gpu-service-actions:stack'

/** Tags that tell whose a resource is: all that a stack makes has them, also when it stays behind. */
export const ownTags = (prefix: string, key: string): ReadonlyMap<string, string> =>
  new Map([
    [prefixTag, prefix],
    [stackTag, key],
  ])

/**
 * Plans which of the resources that exist the stacks adopt: what a stack of the same prefix and name left behind, and
 * what `allow` names. Throws UserError that says of each other one, in a sentence, what a person can do.
 */
export function planAdoptions(
  steps: readonly StackStep[],
  found: readonly Existing[],
  { prefix, allow }: { prefix: string; allow: readonly string[] },
): StackStep[] {
  const isOurs = ({ key, tags }: Existing) =>
    [...ownTags(prefix, key)].every(([tag, value]) => tags.get(tag) === value)
  const mayAdopt = (each: Existing) => isAdoptable(each) && (isOurs(each) || allow.includes(each.name))
  const collisions = found
    .filter((each) => each.isSure && !each.goes && !mayAdopt(each))
    .map(describeCollision)
  if (collisions.length > 0) throw new UserError(collisions.join('; '))
  return steps.map((step) => {
    const adopted = found.filter((each) => each.key === step.key && mayAdopt(each))
    verifyWritten(step, adopted)
    return { ...step, adoptions: adopted.map(toAdoption) }
  })
}

// A stack adopts what has its name in the template as it is, and a loop has one name for all that it makes.
function verifyWritten({ key, template }: StackStep, adopted: readonly Existing[]): void {
  const written = mapOf(template.sections.Resources)
  const looped = adopted.filter(({ logicalId }) => !Object.hasOwn(written, logicalId))
  if (looped.length === 0) return
  const [names, lines] = [
    looped.map(({ type, name }) => `the ${namedTypes.get(type)?.noun} ${quote(name)}`),
    looped.map(({ logicalId, name }) => `${key}.${logicalId}=${name}`),
  ]
  throw new UserError(
    `${key}: expected no resource of a loop (Fn::ForEach) to exist before the stack makes it, got ${listFirst(names)}; run mode: import first, with resources-to-import: ${listFirst(lines)}`,
  )
}

const toAdoption = ({ logicalId, type, name }: Existing): Adoption => ({ logicalId, type, name })

const isAdoptable = ({ type, isRetained }: Existing) => isRetained && namedTypes.get(type)?.adoptable === true

function describeCollision(existing: Existing): string {
  const { key, type, name, tags } = existing
  const what = `${key}: the ${namedTypes.get(type)?.noun ?? type} ${quote(name)} exists already`
  if (!isAdoptable(existing))
    return `${what} and cannot be imported: take another prefix or name, or remove it`
  const [prefix, maker] = [tags.get(prefixTag), tags.get(stackTag)]
  return prefix === undefined || maker === undefined
    ? `${what} and was not made by this stack: import it with allow: ${name}, take another prefix or name, or remove it`
    : `${what} and was made by the stack ${maker} of the prefix ${prefix}: take another prefix or name, or, where that stack is gone, import it with allow: ${name}`
}

/** Describes an adoption as a line of the plan. */
export function describeAdoption(stackName: string, { type, name }: Adoption): string {
  return `adopt the ${namedTypes.get(type)?.noun ?? type} ${name} into ${stackName}`
}
