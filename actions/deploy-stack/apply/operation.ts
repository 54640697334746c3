import { createHash } from 'node:crypto'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { TimeoutError } from '../../../lib/errors.ts'
import { renderSeconds } from '../../../lib/markdown.ts'
import type { Diagnosis } from '../../../lib/service/diagnosis/diagnosis.ts'
import { waitUntil } from '../../../lib/wait.ts'
import type { ApplyContext } from '../context.ts'
import { findEnd, isFailure, isOwnEvent, renderEvent } from './event.ts'
import { diagnoseService, explainOperation, type Failure } from './failure.ts'
import { describeWait, startProgress } from './progress.ts'

/** Waits for something of the stacks until the deadline. */
export async function waitForStacks<T>(
  context: ApplyContext,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const { clock, signal, deadline, beat } = context
  const timeoutSeconds = Math.max(0, (deadline - clock.now()) / 1000)
  const pauses = { delaySeconds: 0.2, maxDelaySeconds: 2 }
  const waiting = { what, timeoutSeconds, clock, signal, ...pauses, isTransient: isTransientAwsError }
  const lookAndBeat = async () => {
    await beat?.()
    return await look()
  }
  return await waitUntil(lookAndBeat, waiting)
}

/** What CloudFormation does to one stack. */
export type Operation = {
  stackName: string
  stackArn: string
  /** What is waited for, as it stands in the time-out's message. */
  what: string
  /** Marks the operation: its events carry it. */
  token: string
}

/** Makes the token of an operation: each of a run has its own, and a later run recognizes it. */
export function makeToken({ runToken }: ApplyContext, stackName: string, verb: string): string {
  return `${runToken}-${createHash('sha256').update(stackName).digest('hex').slice(0, 8)}-${verb}`
}

/** How an operation ended: its last event, all of them, and why it failed, if it did. */
export type Ending = { event: StackEvent; events: readonly StackEvent[]; failure: Failure }

/** Starts an operation, logs its events, and waits until it ends. */
export async function runOperation(
  operation: Operation,
  begin: () => Promise<void>,
  context: ApplyContext,
): Promise<Ending> {
  const { stackName, stackArn } = operation
  const { operations, signal, cloudFormation } = context
  const newest = await cloudFormation.findNewestEvent(stackArn)
  // It is recorded before the call, whose answer may be lost: after a cancel it may continue in AWS.
  operations.set(stackName, 'requested')
  try {
    await begin()
  } catch (error) {
    if (!signal.aborted) operations.delete(stackName)
    throw error
  }
  return await followOperation(operation, newest?.id, context)
}

/**
 * Follows an operation by its own events, which come after `newest`, until one says that it ended. The described
 * status of the stack does not count: a read after a write may still show the one before it.
 */
export async function followOperation(
  operation: Operation,
  newest: string | undefined,
  context: ApplyContext,
): Promise<Ending> {
  const { stackName, stackArn, what } = operation
  const events: StackEvent[] = []
  const diagnoses = new Map<string, Diagnosis>()
  const progress = startProgress(context.clock)
  let last = newest
  const look = async (): Promise<StackEvent | undefined> => {
    for (const event of await context.cloudFormation.listEvents(stackArn, last)) {
      last = event.id
      // Of an operation that began before, also earlier events are listed.
      if (!isOwnEvent(event, operation, events, newest === undefined)) continue
      await takeEvent(event, stackName, events, diagnoses, context)
    }
    const end = findEnd(events, stackName)
    const seconds = end ? undefined : progress()
    if (seconds !== undefined) {
      const wait = await describeWait(stackName, events, context)
      context.log.info(`${stackName}: ${renderSeconds(seconds)}: waits for ${wait}`)
    }
    return end
  }
  try {
    const event = await waitForStacks(context, what, look)
    context.operations.delete(stackName)
    const failure = await explainOperation(events, stackName, context, diagnoses)
    return { event, events, failure: failure ?? { cause: event.reason } }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    const wait = await describeWait(stackName, events, context)
    throw new TimeoutError(`${what}, which waits for ${wait}`, error.seconds)
  }
}

async function takeEvent(
  event: StackEvent,
  stackName: string,
  events: StackEvent[],
  diagnoses: Map<string, Diagnosis>,
  context: ApplyContext,
): Promise<void> {
  context.log.info(renderEvent(stackName, event, events))
  events.push(event)
  if (event.logicalId === stackName) context.operations.set(stackName, event.status)
  // A rollback may delete the service soon.
  if (!isFailure(event) || diagnoses.has(event.logicalId)) return
  const diagnosis = await diagnoseService(event, events, context)
  if (diagnosis) diagnoses.set(event.logicalId, diagnosis)
}

/**
 * How the deletion of a stack ended: why it stays, if it does, and the logical ids of what its template retained and
 * of what could not be deleted.
 */
type Deletion = { cause: string | undefined; retained: readonly string[]; failed: readonly string[] }

/** Deletes a stack; each try has its own verb. */
export async function deleteStack(
  stackName: string,
  stackArn: string,
  context: ApplyContext,
  verb = 'delete',
): Promise<Deletion> {
  const token = makeToken(context, stackName, verb)
  const operation = { stackName, stackArn, what: `deletion of ${stackName}`, token }
  const begin = () => context.cloudFormation.deleteStack(stackArn, token)
  const { event, events, failure } = await runOperation(operation, begin, context)
  const listIds = (wanted: string) =>
    events.flatMap(({ status, logicalId }) =>
      status === wanted && logicalId !== stackName ? [logicalId] : [],
    )
  const ids = { retained: listIds('DELETE_SKIPPED'), failed: listIds('DELETE_FAILED') }
  if (event.status === 'DELETE_COMPLETE') return { cause: undefined, ...ids }
  if (event.status === 'DELETE_FAILED') return { cause: failure.cause, ...ids }
  // What refuses a deletion as a whole brings the stack back to the status that it had.
  return { cause: `${failure.cause || 'no reason given'} [${event.status}]`, ...ids }
}
