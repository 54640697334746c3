import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { UserError } from '../../../lib/errors.ts'
import { ownTags } from './adoption.ts'

type Known = Pick<Stack, 'name' | 'status' | 'tags'>

/**
 * Refuses to change or delete a stack that only has the name of one of ours: an update would remove all that it holds.
 * `entries` are those at work, `stacks` those that are there, by key; `allow` names those that may be taken over. Throws
 * UserError.
 */
export function verifyStacksAreOurs(
  entries: readonly { key: string }[],
  stacks: ReadonlyMap<string, Known>,
  { prefix, allow }: { prefix: string; allow: readonly string[] },
): void {
  for (const { key } of entries) {
    const stack = stacks.get(key)
    // In a review, only a change set was made, and no resource.
    if (!stack || stack.status === 'REVIEW_IN_PROGRESS' || allow.includes(stack.name)) continue
    const { name, tags } = stack
    const missing = [...ownTags(prefix, key)].find(([tag, value]) => tags.get(tag) !== value)
    if (!missing) continue
    throw new UserError(
      `${name}: a stack of this name exists and was not made by deploy-stack (its tag ${missing[0]} is not ${missing[1]}): take another prefix or, where its resources may be replaced or deleted, allow: ${name}`,
    )
  }
}
