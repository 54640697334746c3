import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackContext } from '../context.ts'
import type { StackStep } from '../plan/plan.ts'

/** Sets what stacks.yml says of termination protection and the stack policy, where that differs. `before` is the stack as it was. */
export async function guardStack(
  { stackName, settings }: StackStep,
  before: Pick<Stack, 'isProtected'> | undefined,
  { connections, log }: StackContext,
): Promise<void> {
  const { stackGuards } = connections
  const { terminationProtection, policy } = settings
  if (terminationProtection !== undefined && terminationProtection !== (before?.isProtected ?? false)) {
    await stackGuards.setTerminationProtection(stackName, terminationProtection)
    log.info(`${stackName}: termination protection is ${terminationProtection ? 'on' : 'off'}`)
  }
  if (policy === undefined || policy === (await stackGuards.readPolicy(stackName))) return
  await stackGuards.setPolicy(stackName, policy)
  log.info(`${stackName}: its stack policy was set`)
}
