import type { ChangeSet, ChangeSetRequest, Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses, undeployableStatuses } from '../../../lib/aws/cloudformation.ts'
import type { ApplyContext } from '../context.ts'
import { deleteStack, runOperation, waitForStacks } from './operation.ts'
import type { StackOutcome } from './outcome.ts'

/** Reasons that CloudFormation gives for a change set without changes. */
export const emptyReasons =
  /^(The submitted information didn't contain changes|No updates are to be performed)/

/** Deploys one stack through a change set, and follows it to its end. */
export async function deployStack(
  request: Omit<ChangeSetRequest, 'type'>,
  stack: Stack | undefined,
  context: ApplyContext,
): Promise<StackOutcome> {
  const { cloudFormation } = context
  const conflict = findConflict(stack)
  if (conflict) return { kind: 'conflict', cause: conflict }
  const obstacle = await removeUndeployable(request.stackName, stack, context)
  if (obstacle !== undefined) return { kind: 'failed', cause: obstacle }
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
  const operation = {
    stackName: request.stackName,
    stackArn: made.stackArn,
    what: `stack ${request.stackName}`,
    start: () => cloudFormation.executeChangeSet(made.changeSetArn),
    isEnd: (status: string) => !/_IN_PROGRESS$/.test(status.replace('_CLEANUP_IN_PROGRESS', '')),
  }
  const { stack: reached, cause } = await runOperation(operation, context)
  const status = reached?.status ?? 'DELETE_COMPLETE'
  if (!reached || !/^(CREATE|UPDATE)_COMPLETE/.test(status))
    return { kind: 'rolled-back', cause: `${cause} [${status}]` }
  return { kind: isNew ? 'created' : 'changed', outputs: reached.outputs, changes: changeSet.changes }
}

function findConflict(stack: Stack | undefined): string | undefined {
  if (!stack || stack.status === 'REVIEW_IN_PROGRESS') return undefined
  if (stack.status === 'CREATE_FAILED')
    return 'the stack is in CREATE_FAILED and keeps what was created; roll it back in CloudFormation, or delete it, and run again'
  if (!stack.status.endsWith('_IN_PROGRESS')) return undefined
  return `the stack is in ${stack.status}; another deployment is at work: run again when it is done`
}

async function removeUndeployable(
  stackName: string,
  stack: Stack | undefined,
  context: ApplyContext,
): Promise<string | undefined> {
  if (!stack || !undeployableStatuses.includes(stack.status)) return undefined
  context.log.info(`${stackName}: is in ${stack.status} and can only be deleted; deleting it first`)
  const cause = await deleteStack(stackName, stack.arn, context)
  return cause && `the stack is in ${stack.status} and cannot be deleted: ${cause}`
}

/** Waits until a change set was created, or failed. */
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

/** Explains why a change set failed. Must be called before it is deleted, since its events are deleted with it. */
export async function explainFailure(
  { reason }: ChangeSet,
  changeSetArn: string,
  { cloudFormation }: ApplyContext,
): Promise<string> {
  if (!reason.includes('AWS::EarlyValidation::')) return reason
  const errors = await cloudFormation.listValidationErrors(changeSetArn)
  return errors.length > 0 ? errors.join('; ') : reason
}
