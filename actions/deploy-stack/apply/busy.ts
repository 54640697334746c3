import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { TimeoutError } from '../../../lib/errors.ts'
import { renderSeconds } from '../../../lib/markdown.ts'
import type { ApplyContext, StackContext } from '../context.ts'
import { stackType } from './event.ts'
import { followOperation, waitForStacks } from './operation.ts'
import { findObstacle } from './recovery.ts'

/** Returns whether an operation is under way at a stack. */
export const isBusy = ({ status }: Stack): boolean => findObstacle(status) === 'operation'

// As runs of this action make them.
const ownToken = /^(deploy|destroy|execute|import)-[0-9a-f]{32}-[0-9a-f]{8}-\w+$/

/**
 * Waits until the operation at a stack has ended, and describes the stack then. One that an earlier run of this action
 * began, such as a run that was cancelled, is followed to its end; one of others is waited for as long as the input
 * says. Returns a sentence where it is still at work after that.
 */
export async function waitWhileBusy(
  stack: Stack,
  context: StackContext,
): Promise<{ stack: Stack | undefined } | { conflict: string }> {
  const { cloudFormation, inputs, log } = context
  const { name, arn, status } = stack
  const token = await findRunningToken(arn, context)
  if (token !== undefined && ownToken.test(token)) {
    log.info(`${name}: is in ${status} by an earlier run of this action, which is followed to its end`)
    await followOperation(
      { stackName: name, stackArn: arn, what: `operation at ${name}`, token },
      undefined,
      context,
    )
    return { stack: await waitForIdle(arn, context) }
  }
  const seconds = inputs.waitForOthersSeconds
  log.info(`${name}: is in ${status} by others; waits for them up to ${renderSeconds(seconds)}`)
  const deadline = Math.min(context.deadline, context.clock.now() + seconds * 1000)
  try {
    return { stack: await waitForIdle(arn, { ...context, deadline }) }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    const found = await cloudFormation.describe(arn)
    return {
      conflict: `the stack is in ${found?.status ?? status}; another deployment is still at work after ${renderSeconds(seconds)}: run again when it is done, or raise wait-for-others`,
    }
  }
}

/** Waits until no operation is under way at a stack; a read may still show the status before the last one. */
export async function waitForIdle(
  arn: string,
  context: ApplyContext,
  before?: string,
): Promise<Stack | undefined> {
  const found = await waitForStacks(context, `end of the operation at ${arn}`, async () => {
    const stack = await context.cloudFormation.describe(arn)
    return stack && (isBusy(stack) || stack.status === before) ? undefined : { stack }
  })
  return found.stack?.status === 'DELETE_COMPLETE' ? undefined : found.stack
}

async function findRunningToken(arn: string, { cloudFormation }: StackContext): Promise<string | undefined> {
  const events = await cloudFormation.listEvents(arn, undefined)
  const newest = events.findLast(({ type, physicalId }) => type === stackType && physicalId === arn)
  return newest?.status.endsWith('_IN_PROGRESS') ? newest.token : undefined
}
