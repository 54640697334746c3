import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { waitUntil } from '../../../lib/wait.ts'
import type { ApplyContext } from '../context.ts'
import { hasReached, renderCause, renderEvent } from './event.ts'

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

/** What CloudFormation does to one stack. */
type Operation = {
  stackName: string
  stackArn: string
  /** What is waited for, as it stands in the time-out's message. */
  what: string
  start: () => Promise<void>
  /** Returns whether the operation ends with this status; a stack that is gone always ends it. */
  isEnd: (status: string) => boolean
}

/** How an operation left a stack, `undefined` when it is gone, and the cause when it failed. */
type Ending = { stack: Stack | undefined; cause: string }

/** Starts an operation, logs its events, and waits until it ends. */
export async function runOperation(operation: Operation, context: ApplyContext): Promise<Ending> {
  const { stackName, stackArn, what, isEnd } = operation
  const { cloudFormation, operations, log } = context
  let newest = (await cloudFormation.listEvents(stackArn, undefined)).at(-1)?.id
  const events: StackEvent[] = []
  await start(operation, context)
  const ending = await waitForStacks(context, what, async (): Promise<Ending | undefined> => {
    const stack = await cloudFormation.describe(stackArn)
    for (const event of stack ? await cloudFormation.listEvents(stackArn, newest) : []) {
      newest = event.id
      events.push(event)
      log.info(renderEvent(stackName, event))
    }
    if (!stack || stack.status === 'DELETE_COMPLETE') return { stack: undefined, cause: '' }
    if (!hasReached(events, stackName, stack.status)) return undefined
    operations.set(stackName, stack.status)
    return isEnd(stack.status) ? { stack, cause: renderCause(events) ?? stack.statusReason } : undefined
  })
  operations.delete(stackName)
  return ending
}

// The operation is recorded before the call, whose answer may be lost: after a cancel it may continue in AWS.
async function start({ stackName, start }: Operation, { operations, signal }: ApplyContext): Promise<void> {
  operations.set(stackName, 'requested')
  try {
    await start()
  } catch (error) {
    if (!signal.aborted) operations.delete(stackName)
    throw error
  }
}

/** Deletes a stack; returns `undefined`, or the reason why it could not be deleted. */
export async function deleteStack(
  stackName: string,
  stackArn: string,
  context: ApplyContext,
): Promise<string | undefined> {
  const operation: Operation = {
    stackName,
    stackArn,
    what: `deletion of ${stackName}`,
    start: () => context.cloudFormation.deleteStack(stackArn),
    isEnd: (status) => status === 'DELETE_FAILED',
  }
  const { stack, cause } = await runOperation(operation, context)
  return stack && cause
}
