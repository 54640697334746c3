import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { TimeoutError, UserError } from '../../../lib/errors.ts'
import type { StackEntry } from '../graph/graph.ts'
import { nameStack } from '../plan/plan.ts'
import { findCause, renderEvent } from '../report/event.ts'
import { waitForStacks } from './deploy.ts'
import type { Run } from './stack.ts'

/** What became of one stack that was to go. */
export type DestroyResult = {
  key: string
  stackName: string
  kind: 'destroyed' | 'absent' | 'failed' | 'timeout'
  cause: string
}

/** Types of resources that hold data: a destroy deletes them only where that is asked for. */
export const dataTypes: readonly string[] = ['AWS::S3::Bucket', 'AWS::ECR::Repository', 'AWS::Logs::LogGroup']

/** Deletes stacks one after the other, in the order given, and stops at the first that stays. */
export async function destroyStacks(entries: readonly StackEntry[], run: Run): Promise<DestroyResult[]> {
  const results: DestroyResult[] = []
  for (const { key } of entries) {
    run.signal.throwIfAborted()
    const result = await destroyStack(key, run)
    run.log.info(`${result.stackName}: ${result.kind}${result.cause ? `: ${result.cause}` : ''}`)
    results.push(result)
    if (result.kind === 'failed' || result.kind === 'timeout') break
  }
  return results
}

async function destroyStack(key: string, run: Run): Promise<DestroyResult> {
  const stackName = nameStack(run.inputs.prefix, key)
  const stack = await run.cloudFormation.describe(stackName)
  if (!stack) return { key, stackName, kind: 'absent', cause: '' }
  const stored = (await run.cloudFormation.listResources(stack.arn)).filter(({ type }) =>
    dataTypes.includes(type),
  )
  const { deleteData } = run.inputs
  try {
    // CloudFormation deletes no bucket that holds something. Who writes there is gone: it comes later in the graph.
    if (deleteData) await deleteObjects(stored, run)
    await deleteStack(stackName, stack, run)
    // Who writes here may be of this stack, so that a log group goes last.
    if (deleteData) await deleteLogs(stored, run)
  } catch (error) {
    if (error instanceof TimeoutError) return { key, stackName, kind: 'timeout', cause: error.message }
    if (error instanceof UserError) return { key, stackName, kind: 'failed', cause: error.message }
    throw error
  }
  return { key, stackName, kind: 'destroyed', cause: renderKept(stored, run) }
}

type Stored = readonly { physicalId: string; type: string }[]

async function deleteObjects(stored: Stored, run: Run): Promise<void> {
  const { storedData } = run.connections
  for (const { physicalId, type } of stored) {
    if (type === 'AWS::Logs::LogGroup') continue
    run.log.info(`delete ${physicalId} with all that it holds`)
    if (type === 'AWS::S3::Bucket') await storedData.deleteBucket(physicalId)
    else await storedData.deleteRepository(physicalId)
  }
}

async function deleteLogs(stored: Stored, run: Run): Promise<void> {
  for (const { physicalId, type } of stored) {
    if (type === 'AWS::Logs::LogGroup') await run.connections.storedData.deleteLogGroup(physicalId)
  }
}

function renderKept(stored: Stored, run: Run): string {
  if (run.inputs.deleteData || stored.length === 0) return ''
  return `what its template retains stays, of: ${stored.map(({ physicalId }) => physicalId).join(', ')}`
}

async function deleteStack(stackName: string, stack: Stack, run: Run): Promise<void> {
  let newest = (await run.cloudFormation.listEvents(stack.arn, undefined)).at(-1)?.id
  const events: Parameters<typeof findCause>[0][number][] = []
  await run.cloudFormation.deleteStack(stack.arn)
  await waitForStacks(run, `deletion of ${stackName}`, async () => {
    const found = await run.cloudFormation.describe(stack.arn)
    for (const event of found ? await run.cloudFormation.listEvents(stack.arn, newest) : []) {
      newest = event.id
      events.push(event)
      run.log.info(renderEvent(stackName, event))
    }
    if (!found || found.status === 'DELETE_COMPLETE') return true
    if (found.status !== 'DELETE_FAILED') return undefined
    const cause = findCause(events)
    throw new UserError(cause ? `${cause.logicalId} (${cause.type}): ${cause.reason}` : found.statusReason)
  })
}
