import type { StackEvent } from '../../../lib/aws/stack-events.ts'

/** Renders an event as a line of the log. */
export function renderEvent(stackName: string, { logicalId, type, status, reason }: StackEvent): string {
  const thing = logicalId === stackName ? '' : ` ${logicalId} (${type})`
  return `${stackName}${thing}: ${status}${reason ? `: ${reason}` : ''}`
}

// Follow-ups of the first failure, not its cause.
const followUps =
  /^(Resource (creation|update) cancelled|The following resource\(s\) failed|Rollback requested|Operation canceled)/i

/** Renders why an operation failed; `undefined` when no event explains it. */
export function renderCause(events: readonly StackEvent[]): string | undefined {
  const cause = findCause(events)
  return cause && `${cause.logicalId} (${cause.type}): ${explainDenial(cause.reason) || cause.status}`
}

/** Finds why an operation failed: the first resource that failed for a reason of its own; events oldest first. */
export function findCause(events: readonly StackEvent[]): StackEvent | undefined {
  const failed = events.filter(({ status, reason }) => status.endsWith('_FAILED') && !followUps.test(reason))
  return failed.find(({ type }) => type !== 'AWS::CloudFormation::Stack') ?? failed[0]
}

/**
 * Returns whether the operation of these events brought the stack to a status: a read after a write may
 * still show the status before it.
 */
export function hasReached(events: readonly StackEvent[], stackName: string, status: string): boolean {
  return events.some((event) => event.logicalId === stackName && event.status === status)
}

/** Adds to a reason in which a service denies an action what to do; others stay as they are. */
export function explainDenial(reason: string): string {
  const [, action] = /is not authorized to perform: ([\w-]+:\w+)/.exec(reason) ?? []
  return action ? `${reason}; give the role the permission ${action}, see docs/permissions.md` : reason
}
