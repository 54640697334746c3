import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackResource } from '../../../lib/aws/stack-resources.ts'
import { TimeoutError, UserError } from '../../../lib/errors.ts'
import { endBy } from '../../../lib/wait.ts'
import { type StackContext, stackNameOf } from '../context.ts'
import type { StackEntry } from '../graph/stack-entry.ts'
import { isBusy, waitWhileBusy } from './busy.ts'
import { dataTypes, deleteStored, nameStored, type Stored } from './data.ts'
import { drainCapacity } from './drain.ts'
import { deleteStack } from './operation.ts'
import { forgetServices, servicesOf, whileHeld } from './pausable.ts'

/** What became of one stack that was to go. */
export type DestroyResult = {
  key: string
  stackName: string
  kind: 'destroyed' | 'absent' | 'failed' | 'timeout' | 'conflict'
  cause: string
  /** How many of its resources were deleted. */
  resources: number
  /** Buckets, repositories and log groups that were deleted with their content. */
  data: readonly string[]
  /** What stays. */
  kept: readonly string[]
}

/**
 * Deletes stacks one after the other, in the order given, and stops at the first that stays; adds to the results.
 * `retained` are resources with data that earlier deletions left behind, by the stack's key.
 */
export async function destroyStacks(
  entries: readonly StackEntry[],
  retained: ReadonlyMap<string, readonly Stored[]>,
  context: StackContext,
  results: DestroyResult[] = [],
): Promise<DestroyResult[]> {
  for (const [at, { key }] of entries.entries()) {
    context.signal.throwIfAborted()
    const result = await destroyStack(key, retained.get(key) ?? [], context)
    const { stackName, kind, cause, resources } = result
    const counts = resources > 0 ? `, ${resources} resources` : ''
    const place = `(${at + 1} of ${entries.length} stacks${counts})`
    context.log.info(`${stackName}: ${kind} ${place}${cause ? `: ${cause}` : ''}`)
    results.push(result)
    if (kind !== 'destroyed' && kind !== 'absent') break
  }
  return results
}

/** What was done so far. */
type Done = { resources: number; data: Set<string>; kept: Set<string> }

async function destroyStack(
  key: string,
  left: readonly Stored[],
  context: StackContext,
): Promise<DestroyResult> {
  const stackName = stackNameOf(key, context)
  const done: Done = { resources: 0, data: new Set(), kept: new Set() }
  const end = (kind: DestroyResult['kind'], cause = ''): DestroyResult => {
    const { resources, data, kept } = done
    return { key, stackName, kind, cause, resources, data: [...data], kept: [...kept] }
  }
  const found = await context.cloudFormation.describe(stackName)
  try {
    const work = async () => {
      const waited = found && isBusy(found) ? await waitWhileBusy(found, context) : { stack: found }
      if ('conflict' in waited) return end('conflict', waited.conflict)
      if (waited.stack) await deleteWhole(waited.stack, done, context)
      await deleteLeft(left, done, context)
      return end(found ? 'destroyed' : 'absent')
    }
    return await endBy(work, { ...context, what: `deletion of ${stackName}` })
  } catch (error) {
    if (error instanceof TimeoutError) return end('timeout', error.message)
    if (error instanceof UserError) return end('failed', error.message)
    throw error
  }
}

async function deleteWhole({ name, arn }: Stack, done: Done, context: StackContext): Promise<void> {
  const resources = await context.cloudFormation.listResources(arn)
  const services = servicesOf(resources)
  const kept = await whileHeld(services, context, async (held) => {
    await drainCapacity(resources, held)
    const retained = await deleteKeepingData({ name, arn, resources }, done, held)
    await forgetServices(services, held)
    return resources.filter(({ logicalId }) => retained.includes(logicalId))
  })
  done.resources += resources.length - kept.length
  const families = resources.flatMap(familyOf)
  for (const family of families) await context.connections.taskDefinitions.deleteRevisions(family)
  await deleteLeft(kept.filter(isStored), done, context)
  for (const { type, physicalId } of kept)
    if (!dataTypes.includes(type)) done.kept.add(`${type} ${physicalId}`)
}

type Whole = Pick<Stack, 'name' | 'arn'> & { resources: readonly StackResource[] }

// Data goes last: CloudFormation has its own reasons to refuse a deletion, and what is emptied cannot be filled again.
async function deleteKeepingData(
  { name, arn, resources }: Whole,
  done: Done,
  context: StackContext,
): Promise<readonly string[]> {
  let deletion = await deleteStack(name, arn, context)
  // It deletes no bucket that holds something. Who writes there is gone.
  const full = resources.filter((each) => isStored(each) && deletion.failed.includes(each.logicalId))
  if (full.length > 0 && context.inputs.deleteData) {
    await deleteStored(full, done.data, context)
    deletion = await deleteStack(name, arn, context, 'delete2')
  }
  if (deletion.cause !== undefined) throw new UserError(deletion.cause)
  return deletion.retained
}

const isStored = ({ type }: StackResource) => dataTypes.includes(type)

const familyOf = ({ type, physicalId }: StackResource) =>
  type === 'AWS::ECS::TaskDefinition' ? (/task-definition\/([^:]+):\d+$/.exec(physicalId)?.[1] ?? []) : []

async function deleteLeft(stored: readonly Stored[], done: Done, context: StackContext): Promise<void> {
  if (context.inputs.deleteData) await deleteStored(stored, done.data, context)
  else for (const each of stored) done.kept.add(nameStored(each))
}
