import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { UserError } from '../../../lib/errors.ts'
import { listFirst } from '../../../lib/quote.ts'
import { type StackContext, stackNameOf } from '../context.ts'
import type { StackEntry } from '../graph/stack-entry.ts'
import type { Stacks } from '../observe/stacks.ts'
import { verifyStacksAreOurs } from '../plan/ownership.ts'

/**
 * Asks all guards before any of the stacks goes. Throws UserError where one is not ours, is protected, or exports what
 * another stack imports, or where one is deployed that depends on them: one of `dependents`.
 */
export async function verifyDeletable(
  entries: readonly StackEntry[],
  stacks: Stacks,
  dependents: readonly string[],
  context: StackContext,
): Promise<void> {
  verifyStacksAreOurs(entries, stacks, context.inputs)
  const kept = [...stacks.values()].find(({ isProtected }) => isProtected)
  if (kept)
    throw new UserError(
      `${kept.name}: its termination protection is on, so that nothing was deleted; turn it off in CloudFormation, or leave the stack out with the input only`,
    )
  for (const key of dependents) {
    if (!(await context.cloudFormation.describe(stackNameOf(key, context)))) continue
    throw new UserError(
      `only: the stack "${key}" is deployed and depends on what would go; add it to the list`,
    )
  }
  await verifyUnimported([...stacks.values()], context)
}

async function verifyUnimported(stacks: readonly Stack[], { cloudFormation, signal }: StackContext) {
  const going = stacks.map(({ name }) => name)
  for (const { name, exports } of stacks) {
    for (const each of exports) {
      signal.throwIfAborted()
      const users = (await cloudFormation.listImports(each)).filter((user) => !going.includes(user))
      if (users.length === 0) continue
      throw new UserError(
        `${name}: its export ${each} is imported by ${listFirst(users)}, so that nothing was deleted; delete or change what imports it first`,
      )
    }
  }
}
