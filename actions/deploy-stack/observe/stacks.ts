import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import { awsErrorStatus, isDenied } from '../../../lib/aws/errors.ts'
import type { Tags } from '../../../lib/aws/named-resources.ts'
import { linkStack } from '../../../lib/console.ts'
import { messageOf } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { type StackContext, stackNameOf } from '../context.ts'

/** Stacks that are there, by their key in the graph. */
export type Stacks = ReadonlyMap<string, Stack>

/** What a look at stacks needs, and where it leaves what it saw. */
type LookContext = Pick<
  StackContext,
  'cloudFormation' | 'clock' | 'signal' | 'stackNames' | 'seen' | 'texts' | 'links'
>

// CloudFormation throttles an account as a whole.
const describesAtATime = 5

/**
 * Describes those of the stacks that are there, by key; also those that can only be deleted. With `texts`, their
 * templates are read before, as far as they can be: a stack that has its text already needs no other call.
 */
export async function describeStacks(
  entries: readonly { key: string }[],
  context: LookContext,
  { texts }: { texts: boolean },
): Promise<Stacks> {
  const { cloudFormation, clock, seen, signal } = context
  const options = { concurrency: describesAtATime, signal }
  const found = await mapConcurrently(entries, options, async ({ key }) => {
    const stackName = stackNameOf(key, context)
    const text = texts ? await readText(stackName, context) : undefined
    const stack = await cloudFormation.describe(stackName)
    seen.set(stackName, { stack, at: clock.now() })
    if (!stack) return []
    if (text !== undefined) context.texts.set(stack, text)
    context.links.set(stack.name, linkStack(stack.arn))
    return [[key, stack] as const]
  })
  return new Map(found.flat())
}

// What cannot be read is read again where it matters; where nothing answers, the next call would wait as long.
async function readText(stackName: string, { cloudFormation }: LookContext): Promise<string | undefined> {
  try {
    return await cloudFormation.readTemplate(stackName)
  } catch (error) {
    if (awsErrorStatus(error) === undefined && !isDenied(error)) throw error
    return undefined
  }
}

const recentMs = 10_000

/**
 * Describes a stack: the first time, as `describeStacks` saw it a moment ago. Where somebody began to work at it since,
 * CloudFormation refuses what we ask, and it is described anew.
 */
export async function describeRecent(
  stackName: string,
  { cloudFormation, clock, seen }: StackContext,
): Promise<Stack | undefined> {
  const before = seen.get(stackName)
  seen.delete(stackName)
  if (before && clock.now() - before.at < recentMs) return before.stack
  return await cloudFormation.describe(stackName)
}

const isFailed = ({ status }: Stack) => failedCreationStatuses.includes(status)

/** Chooses the stacks that are deployed: not those that can only be deleted. */
export const chooseDeployed = (stacks: Stacks): Stacks =>
  new Map([...stacks].filter(([, stack]) => !isFailed(stack)))

type Name = { key: string; logicalId: string; type: string; name: string }

/**
 * Finds the resources that exist under names that stacks would give, and are none of theirs yet. What belongs to a
 * stack whose creation failed `goes` with it. Where a look is denied, a warning says so.
 */
export async function findExisting<T extends Name>(
  names: readonly T[],
  stacks: Stacks,
  owned: ReadonlyMap<string, string>,
  context: StackContext,
): Promise<(T & { tags: Tags; goes: boolean })[]> {
  const open = names.filter(({ key, logicalId }) => {
    const stack = stacks.get(key)
    // One at which somebody is at work: that is told later.
    const isBusy = stack?.status.endsWith('_IN_PROGRESS') && !isFailed(stack)
    return !isBusy && !(stack && !isFailed(stack) && owned.has(`${key}.${logicalId}`))
  })
  const { signal } = context
  const found = await mapConcurrently(open, { concurrency: describesAtATime, signal }, async (each) => {
    const tags = await findTags(each, context)
    return tags ? [{ ...each, tags, goes: owned.has(`${each.key}.${each.logicalId}`) }] : []
  })
  return found.flat()
}

/** Lists the physical ids of what the stacks of these names have, by `key.logicalId`. */
export async function listOwned(
  names: readonly Pick<Name, 'key'>[],
  stacks: Stacks,
  context: StackContext,
): Promise<ReadonlyMap<string, string>> {
  const { cloudFormation, signal } = context
  const keys = [...new Set(names.map(({ key }) => key))]
  const found = await mapConcurrently(keys, { concurrency: describesAtATime, signal }, async (key) => {
    const stack = stacks.get(key)
    const resources = stack ? await cloudFormation.listResources(stack.arn) : []
    return resources.map(({ logicalId, physicalId }) => [`${key}.${logicalId}`, physicalId] as const)
  })
  return new Map(found.flat())
}

async function findTags({ key, type, name }: Name, context: StackContext): Promise<Tags | undefined> {
  try {
    return await context.connections.namedResources.findTags(type, name)
  } catch (error) {
    if (!isDenied(error)) throw error
    context.log.warning(`${key}: cannot tell whether ${name} exists already: ${messageOf(error)}`)
    return undefined
  }
}
