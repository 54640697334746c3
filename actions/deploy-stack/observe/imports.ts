import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import type { Tags } from '../../../lib/aws/named-resources.ts'
import { messageOf } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { StackContext } from '../context.ts'

/** A resource that is looked for. */
type Wanted = { logicalId: string; type: string; identifier: { value: string } }

/** What is seen of a resource that is to be imported. */
export type SeenResource = {
  /** Whether it is there. */
  exists: boolean
  /** Name of another stack that has it, where that is known. */
  owner: string | undefined
}

/**
 * Looks at the resources that are to be imported, and at the stacks that have them; by `key.logicalId`. What the role
 * may not see is left out with a warning: CloudFormation looks, too, before it imports.
 */
export async function observeImports(
  steps: readonly { key: string; resources: readonly Wanted[] }[],
  stacks: ReadonlyMap<string, Stack>,
  context: StackContext,
): Promise<ReadonlyMap<string, SeenResource>> {
  const wanted = steps.flatMap(({ key, resources }) => resources.map((resource) => ({ key, resource })))
  const options = { concurrency: 5, signal: context.signal }
  const seen = await mapConcurrently(wanted, options, async ({ key, resource }) => {
    const found = await look(resource, stacks.get(key), context)
    return found ? [[`${key}.${resource.logicalId}`, found] as const] : []
  })
  return new Map(seen.flat())
}

async function look(
  { type, identifier: { value } }: Wanted,
  stack: Stack | undefined,
  context: StackContext,
): Promise<SeenResource | undefined> {
  try {
    const tags = await context.connections.namedResources.findTags(type, value)
    return { exists: tags !== undefined, owner: tags && (await findOwner(tags, stack, context)) }
  } catch (error) {
    if (!isDenied(error)) throw error
    context.log.warning(
      `cannot tell whether ${value} is there, and is in no other stack: ${messageOf(error)}`,
    )
    return undefined
  }
}

// What a stack kept when it was deleted still has its tags.
async function findOwner(tags: Tags, stack: Stack | undefined, { cloudFormation }: StackContext) {
  const id = tags.get('aws:cloudformation:stack-id')
  if (id === undefined || id === stack?.arn) return undefined
  const owner = await cloudFormation.describe(id)
  return owner?.status === 'DELETE_COMPLETE' ? undefined : owner?.name
}
