import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { renderSeconds } from '../../../lib/markdown.ts'

export const stackType = 'AWS::CloudFormation::Stack'

/** Renders the newest of some events of one stack as a line of the log, with the time that the step took. */
export function renderEvent(stackName: string, event: StackEvent, before: readonly StackEvent[]): string {
  const { logicalId, type, status, reason } = event
  const thing = logicalId === stackName ? '' : ` ${logicalId} (${type})`
  const started = before.findLast((each) => each.logicalId === logicalId && isStart(each))
  const seconds = started && !isStart(event) ? secondsBetween(started, event) : 0
  const took = seconds < 1 ? '' : ` after ${renderSeconds(seconds)}`
  return `${stackName}${thing}: ${status}${took}${reason ? `: ${reason}` : ''}`
}

const isStart = ({ status }: StackEvent) => status.endsWith('_IN_PROGRESS')

const secondsBetween = (from: StackEvent, to: StackEvent) => (to.time.getTime() - from.time.getTime()) / 1000

// Follow-ups of the first failure, not its cause.
const followUps =
  /^(Resource (creation|update) cancelled|The following resource\(s\) failed|Rollback requested|Operation canceled)/i

/** Returns whether an event tells a failure of its own, not one that follows another. */
export const isFailure = ({ status, reason }: StackEvent): boolean =>
  status.endsWith('_FAILED') && !followUps.test(reason)

/** Finds why an operation failed: the first resource that failed for a reason of its own; events oldest first. */
export function findCause(events: readonly StackEvent[], stackName: string): StackEvent | undefined {
  const failed = events.filter(isFailure)
  return failed.find(({ logicalId }) => logicalId !== stackName) ?? failed[0]
}

/**
 * Returns whether an event belongs to the operation that a token marks; `before` are those of it so far. What comes
 * between its start and its end is its own, whatever it carries: a rollback may have another token. An event without
 * one is not told from those before an operation that is `adopted`. A deletion of others ends it too.
 */
export function isOwnEvent(
  event: StackEvent,
  { stackName, token }: { stackName: string; token: string },
  before: readonly StackEvent[],
  adopted: boolean,
): boolean {
  if (event.token === token) return true
  if (before.length > 0) return findEnd(before, stackName) === undefined
  const isGone = event.logicalId === stackName && event.status === 'DELETE_COMPLETE'
  return !adopted && (event.token === '' || isGone)
}

/**
 * Finds the event with which an operation on a stack ended; events are those of the operation, oldest first. A
 * clean-up ends it too: what it removes nobody waits for.
 */
export function findEnd(events: readonly StackEvent[], stackName: string): StackEvent | undefined {
  const newest = events.findLast(({ logicalId, type }) => logicalId === stackName && type === stackType)
  return newest && /_IN_PROGRESS$/.test(newest.status.replace('_CLEANUP_IN_PROGRESS', ''))
    ? undefined
    : newest
}

/** Lists the newest event of each resource that an operation is at, in the order in which they began. */
export function listPending(events: readonly StackEvent[], stackName: string): StackEvent[] {
  const newest = new Map<string, StackEvent>()
  for (const event of events) newest.set(event.logicalId, event)
  return [...newest.values()].filter((event) => isStart(event) && event.logicalId !== stackName)
}
