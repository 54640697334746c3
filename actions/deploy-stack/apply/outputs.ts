import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { TimeoutError } from '../../../lib/errors.ts'
import { waitUntil } from '../../../lib/wait.ts'
import type { ApplyContext } from '../context.ts'

// Reads are consistent within seconds. A stack that never names the operation is believed by its status.
const longestSeconds = 30

/**
 * Reads the outputs that an operation left, once a read shows the stack as it is after that: one may still show it
 * as it was before. `end` is the event with which the operation ended.
 */
export async function readOutputs(
  { changeSetArn, stackArn }: { changeSetArn: string; stackArn: string },
  { operationId }: StackEvent,
  { cloudFormation, clock, signal, log }: ApplyContext,
): Promise<ReadonlyMap<string, string>> {
  let seen: Stack | undefined
  const look = async () => {
    seen = await cloudFormation.describe(stackArn)
    return seen && isAfter(seen, operationId, changeSetArn) ? seen : undefined
  }
  const what = `outputs of ${stackArn}`
  const waiting = { what, timeoutSeconds: longestSeconds, clock, signal, isTransient: isTransientAwsError }
  try {
    return (await waitUntil(look, { ...waiting, delaySeconds: 0.2, maxDelaySeconds: 2 })).outputs
  } catch (error) {
    if (!(error instanceof TimeoutError) || !seen || !isDone(seen)) throw error
    log.warning(`${seen.name}: DescribeStacks does not show this deployment; its outputs may be old`)
    return seen.outputs
  }
}

const isDone = ({ status }: Stack) => /^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(status)

function isAfter(stack: Stack, operationId: string, changeSetArn: string): boolean {
  if (!isDone(stack)) return false
  if (operationId !== '' && stack.operationIds.length > 0) return stack.operationIds.includes(operationId)
  return stack.changeSetArn === '' || stack.changeSetArn === changeSetArn
}
