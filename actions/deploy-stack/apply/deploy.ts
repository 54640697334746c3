import type { Log } from '../../../lib/action.ts'
import type { ChangeSet, ChangeSetRequest, CloudFormation, Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { TimeoutError } from '../../../lib/errors.ts'
import { type Clock, waitUntil } from '../../../lib/wait.ts'
import { findCause, renderEvent } from '../report/event.ts'
import type { Ending } from '../report/outcome.ts'

/** What the work on stacks needs: the API, time until the end of all waits, and the signal of a cancel. */
export type Tools = {
  cloudFormation: CloudFormation
  log: Log
  clock: Clock
  signal: AbortSignal
  /** When all waits end, in milliseconds since the epoch. */
  deadline: number
}

/** A stack that can only be deleted, or that was never made: the next deployment creates it. */
export const deadStatuses = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS', 'DELETE_COMPLETE']

/** What CloudFormation says of a change set that changes nothing. */
export const emptyReasons =
  /^(The submitted information didn't contain changes|No updates are to be performed)/

/** Waits for something of the stacks until the deadline. */
export async function waitForStacks<T>(
  tools: Tools,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const { clock, signal, deadline } = tools
  const timeoutSeconds = Math.max(0, (deadline - clock.now()) / 1000)
  return await waitUntil(look, { what, timeoutSeconds, clock, signal, delaySeconds: 0.2, maxDelaySeconds: 5 })
}

/** Deploys one stack through a change set, and follows it to its end. */
export async function deployStack(
  request: Omit<ChangeSetRequest, 'type'>,
  stack: Stack | undefined,
  tools: Tools,
): Promise<Ending> {
  const { cloudFormation } = tools
  const conflict = findConflict(stack)
  if (conflict) return { kind: 'conflict', cause: conflict }
  if (stack?.status.startsWith('ROLLBACK')) await removeDead(request.stackName, stack, tools)
  const isNew = !stack || deadStatuses.includes(stack.status)
  const made = await cloudFormation.createChangeSet({ ...request, type: isNew ? 'CREATE' : 'UPDATE' })
  if ('refusal' in made) return { kind: 'validation-failed', cause: made.refusal }
  const changeSet = await settleChangeSet(made.changeSetArn, request.stackName, tools)
  if (changeSet.status === 'FAILED') {
    const cause = await explainFailure(changeSet, made.changeSetArn, tools)
    await cloudFormation.deleteChangeSet(made.changeSetArn)
    if (stack && emptyReasons.test(cause)) return { kind: 'no-changes', outputs: stack.outputs }
    return { kind: 'validation-failed', cause }
  }
  const last = (await cloudFormation.listEvents(made.stackArn, undefined)).at(-1)?.id
  await cloudFormation.executeChangeSet(made.changeSetArn)
  const { changes } = changeSet
  return await follow({ ...made, stackName: request.stackName, last }, tools, (outputs) => ({
    kind: isNew ? 'created' : 'changed',
    outputs,
    changes,
  }))
}

function findConflict(stack: Stack | undefined): string | undefined {
  if (!stack || stack.status === 'REVIEW_IN_PROGRESS' || !stack.status.endsWith('_IN_PROGRESS'))
    return undefined
  return `the stack is in ${stack.status}; another deployment is at work: run again when it is done`
}

async function removeDead(stackName: string, stack: Stack, tools: Tools): Promise<void> {
  tools.log.info(`${stackName}: is in ${stack.status} and can only be deleted; deleting it first`)
  await tools.cloudFormation.deleteStack(stack.arn)
  await waitForStacks(tools, `deletion of ${stackName}`, async () => {
    const found = await tools.cloudFormation.describe(stack.arn)
    return !found || found.status === 'DELETE_COMPLETE' ? true : undefined
  })
}

/** Waits until a change set is made, or failed. */
export async function settleChangeSet(arn: string, stackName: string, tools: Tools): Promise<ChangeSet> {
  return await waitForStacks(tools, `change set of ${stackName}`, async () => {
    const changeSet = await tools.cloudFormation.describeChangeSet(arn)
    return /^(CREATE_COMPLETE|FAILED)$/.test(changeSet.status) ? changeSet : undefined
  })
}

/** Says why a change set failed. It has to be there still: with it go the events that tell what is wrong where. */
export async function explainFailure(
  { reason }: ChangeSet,
  changeSetArn: string,
  { cloudFormation }: Tools,
): Promise<string> {
  if (!reason.includes('AWS::EarlyValidation::')) return reason
  const errors = await cloudFormation.listValidationErrors(changeSetArn)
  return errors.length > 0 ? errors.join('; ') : reason
}

async function follow(
  target: { stackArn: string; stackName: string; last: string | undefined },
  tools: Tools,
  succeed: (outputs: ReadonlyMap<string, string>) => Ending,
): Promise<Ending> {
  const seen = await watchEvents(target, tools).catch((error: unknown) => {
    if (error instanceof TimeoutError) return error
    throw error
  })
  if (seen instanceof TimeoutError) return { kind: 'timeout', cause: seen.message }
  const { stack, events } = seen
  if (/^(CREATE|UPDATE)_COMPLETE/.test(stack.status)) return succeed(stack.outputs)
  const cause = findCause(events)
  const text = cause
    ? `${cause.logicalId} (${cause.type}): ${cause.reason || cause.status}`
    : stack.statusReason
  return { kind: 'rolled-back', cause: `${text} [${stack.status}]` }
}

async function watchEvents(
  { stackArn, stackName, last }: { stackArn: string; stackName: string; last: string | undefined },
  tools: Tools,
) {
  let newest = last
  const events: StackEvent[] = []
  const settled = await waitForStacks(tools, `stack ${stackName}`, async () => {
    const stack = await tools.cloudFormation.describe(stackArn)
    for (const event of await tools.cloudFormation.listEvents(stackArn, newest)) {
      newest = event.id
      events.push(event)
      tools.log.info(renderEvent(stackName, event))
    }
    return stack && !/_IN_PROGRESS$/.test(stack.status.replace('_CLEANUP_IN_PROGRESS', ''))
      ? stack
      : undefined
  })
  return { stack: settled, events }
}
