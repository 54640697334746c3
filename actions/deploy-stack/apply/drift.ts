import { isMade } from '../../../lib/aws/cloudformation.ts'
import type { ResourceDrift } from '../../../lib/aws/stack-drift.ts'
import { messageOf } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { type StackContext, stackNameOf } from '../context.ts'
import type { StackEntry } from '../graph/stack-entry.ts'
import { describeRecent } from '../observe/stacks.ts'
import { withoutPause } from '../plan/pause-drift.ts'
import { listPaused } from '../plan/paused.ts'
import { waitForStacks } from './operation.ts'
import { findLeftDown } from './pausable.ts'
import { describeFirst, findObstacle } from './recovery.ts'

/** What is different in one stack; `absent` where it is not deployed. */
export type DriftResult = {
  key: string
  stackName: string
  kind: 'in-sync' | 'drifted' | 'absent' | 'failed'
  drifts: readonly ResourceDrift[]
  cause: string
}

/** Detects what was changed beside CloudFormation in each stack; a stack that cannot be asked does not end the others. */
export async function detectDrift(
  entries: readonly StackEntry[],
  context: StackContext,
  results: DriftResult[] = [],
): Promise<DriftResult[]> {
  const isPaused = await findPaused(entries, context)
  const options = { concurrency: context.inputs.concurrency, signal: context.signal }
  return await mapConcurrently(entries, options, async (entry) => {
    const result = await detectOne(entry.key, isPaused, context)
    const { stackName, kind, drifts, cause } = result
    const count = drifts.length > 0 ? `: ${drifts.map(({ logicalId }) => logicalId).join(', ')}` : ''
    context.log.info(`${stackName}: ${kind}${count}${cause && `: ${cause}`}`)
    results.push(result)
    return result
  })
}

async function detectOne(key: string, isPaused: boolean, context: StackContext): Promise<DriftResult> {
  const { stackDrift } = context.connections
  const stackName = stackNameOf(key, context)
  const end = (kind: DriftResult['kind'], drifts: readonly ResourceDrift[] = [], cause = '') => ({
    ...{ key, stackName, kind, drifts, cause },
  })
  const stack = await describeRecent(stackName, context)
  if (!isMade(stack)) return end('absent')
  try {
    const id = await stackDrift.detect(stackName)
    const what = `drift detection of ${stackName}`
    const failure = await waitForStacks(context, what, () => stackDrift.describeDetection(id))
    const found = await stackDrift.list(stackName)
    const drifts = isPaused ? withoutPause(found) : found
    // Some types cannot be compared: what was found of the others holds.
    if (failure !== '' && found.length === 0) return end('failed', [], failure)
    return end(drifts.length > 0 ? 'drifted' : 'in-sync', drifts, failure)
  } catch (error) {
    context.signal.throwIfAborted()
    return end('failed', [], `${messageOf(error)}${adviseOn(stack.status)}`)
  }
}

// CloudFormation detects no drift of a stack in some statuses.
function adviseOn(status: string): string {
  const what =
    findObstacle(status) === 'operation'
      ? `the stack is in ${status}: run again when its operation has ended`
      : describeFirst(status)
  return what === undefined ? '' : ` [${what}]`
}

// One paused service is enough: its pause reaches into several stacks.
async function findPaused(entries: readonly StackEntry[], context: StackContext): Promise<boolean> {
  const pieces = entries.flatMap(({ parameters }) => [...parameters.values()].flat())
  return (await findLeftDown(listPaused(pieces, context.inputs.prefix), context)).size > 0
}
