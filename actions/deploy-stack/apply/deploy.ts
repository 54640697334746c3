import type { ChangeSet, ChangeSetRequest, Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { TimeoutError } from '../../../lib/errors.ts'
import { waitUntil } from '../../../lib/wait.ts'
import type { ApplyContext } from '../context.ts'
import { findCause, hasReached, renderEvent } from './event.ts'
import type { StackOutcome } from './outcome.ts'

/** What CloudFormation says of a change set that changes nothing. */
export const emptyReasons =
  /^(The submitted information didn't contain changes|No updates are to be performed)/

/** Waits for something of the stacks until the deadline. */
export async function waitForStacks<T>(
  context: ApplyContext,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const { clock, signal, deadline } = context
  const timeoutSeconds = Math.max(0, (deadline - clock.now()) / 1000)
  const pauses = { delaySeconds: 0.2, maxDelaySeconds: 5 }
  const waiting = { what, timeoutSeconds, clock, signal, ...pauses, isTransient: isTransientAwsError }
  return await waitUntil(look, waiting)
}

/** Deploys one stack through a change set, and follows it to its end. */
export async function deployStack(
  request: Omit<ChangeSetRequest, 'type'>,
  stack: Stack | undefined,
  context: ApplyContext,
): Promise<StackOutcome> {
  const { cloudFormation } = context
  const conflict = findConflict(stack)
  if (conflict) return { kind: 'conflict', cause: conflict }
  if (stack?.status.startsWith('ROLLBACK')) await deleteFailedCreation(request.stackName, stack, context)
  const isNew = !stack || failedCreationStatuses.includes(stack.status)
  const made = await cloudFormation.createChangeSet({ ...request, type: isNew ? 'CREATE' : 'UPDATE' })
  if ('refusal' in made) return { kind: 'validation-failed', cause: made.refusal }
  const changeSet = await settleChangeSet(made.changeSetArn, request.stackName, context)
  if (changeSet.status === 'FAILED') {
    const cause = await explainFailure(changeSet, made.changeSetArn, context)
    await cloudFormation.deleteChangeSet(made.changeSetArn)
    if (stack && emptyReasons.test(cause)) return { kind: 'no-changes', outputs: stack.outputs }
    return { kind: 'validation-failed', cause }
  }
  const last = (await cloudFormation.listEvents(made.stackArn, undefined)).at(-1)?.id
  await begin(request.stackName, context, () => cloudFormation.executeChangeSet(made.changeSetArn))
  const { changes } = changeSet
  return await follow({ ...made, stackName: request.stackName, last }, context, (outputs) => ({
    kind: isNew ? 'created' : 'changed',
    outputs,
    changes,
  }))
}

/** Begins an operation that goes on by itself: it is known from before the call on, whose answer may be lost. */
export async function begin(
  stackName: string,
  { operations, signal }: ApplyContext,
  call: () => Promise<void>,
): Promise<void> {
  operations.set(stackName, 'asked for')
  try {
    await call()
  } catch (error) {
    if (!signal.aborted) operations.delete(stackName)
    throw error
  }
}

function findConflict(stack: Stack | undefined): string | undefined {
  if (!stack || stack.status === 'REVIEW_IN_PROGRESS' || !stack.status.endsWith('_IN_PROGRESS'))
    return undefined
  return `the stack is in ${stack.status}; another deployment is at work: run again when it is done`
}

async function deleteFailedCreation(stackName: string, stack: Stack, context: ApplyContext): Promise<void> {
  context.log.info(`${stackName}: is in ${stack.status} and can only be deleted; deleting it first`)
  await begin(stackName, context, () => context.cloudFormation.deleteStack(stack.arn))
  await waitForStacks(context, `deletion of ${stackName}`, async () => {
    const found = await context.cloudFormation.describe(stack.arn)
    if (found) context.operations.set(stackName, found.status)
    return !found || found.status === 'DELETE_COMPLETE' ? true : undefined
  })
  context.operations.delete(stackName)
}

/** Waits until a change set is made, or failed. */
export async function settleChangeSet(
  arn: string,
  stackName: string,
  context: ApplyContext,
): Promise<ChangeSet> {
  return await waitForStacks(context, `change set of ${stackName}`, async () => {
    const changeSet = await context.cloudFormation.describeChangeSet(arn)
    return /^(CREATE_COMPLETE|FAILED)$/.test(changeSet.status) ? changeSet : undefined
  })
}

/** Says why a change set failed. It has to be there still: with it go the events that tell what is wrong where. */
export async function explainFailure(
  { reason }: ChangeSet,
  changeSetArn: string,
  { cloudFormation }: ApplyContext,
): Promise<string> {
  if (!reason.includes('AWS::EarlyValidation::')) return reason
  const errors = await cloudFormation.listValidationErrors(changeSetArn)
  return errors.length > 0 ? errors.join('; ') : reason
}

async function follow(
  target: { stackArn: string; stackName: string; last: string | undefined },
  context: ApplyContext,
  succeed: (outputs: ReadonlyMap<string, string>) => StackOutcome,
): Promise<StackOutcome> {
  const seen = await watchEvents(target, context).catch((error: unknown) => {
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
  context: ApplyContext,
) {
  let newest = last
  const events: StackEvent[] = []
  const settled = await waitForStacks(context, `stack ${stackName}`, async () => {
    const stack = await context.cloudFormation.describe(stackArn)
    for (const event of await context.cloudFormation.listEvents(stackArn, newest)) {
      newest = event.id
      events.push(event)
      context.log.info(renderEvent(stackName, event))
    }
    if (!stack || !hasReached(events, stackName, stack.status)) return undefined
    context.operations.set(stackName, stack.status)
    return /_IN_PROGRESS$/.test(stack.status.replace('_CLEANUP_IN_PROGRESS', '')) ? undefined : stack
  })
  context.operations.delete(stackName)
  return { stack: settled, events }
}
