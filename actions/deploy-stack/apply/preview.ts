import type { ChangeSetRequest, Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import type { StackContext } from '../context.ts'
import { listResources } from '../graph/expand.ts'
import { listKnownScope } from '../plan/known-values.ts'
import type { StackStep } from '../plan/plan.ts'
import { emptyReasons, explainFailure, settleChangeSet } from './deploy.ts'
import type { StackOutcome } from './outcome.ts'

/**
 * Shows what a deployment would do to one stack, and deletes its change set. A stack that does not exist is
 * planned from its template: a change set would create an empty stack, which a role for previews may not.
 */
export async function previewStack(
  step: StackStep,
  request: Omit<ChangeSetRequest, 'type'>,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome> {
  const { cloudFormation, connections, inputs } = context
  if (!stack || failedCreationStatuses.includes(stack.status)) {
    const scope = listKnownScope(step, { ...connections, prefix: inputs.prefix }, new Map())
    const changes = listResources(step.template, scope).map(({ logicalId, type }) => ({
      action: step.adoptions.some((each) => each.logicalId === logicalId) ? 'Import' : 'Add',
      logicalId,
      type,
      replacement: '',
    }))
    return { kind: 'previewed', changes, isNew: true }
  }
  const made = await cloudFormation.createChangeSet({ ...request, type: 'UPDATE' })
  if ('refusal' in made) return { kind: 'validation-failed', cause: made.refusal }
  const { changeSetArn } = made
  try {
    const changeSet = await settleChangeSet(changeSetArn, request.stackName, context)
    if (changeSet.status === 'FAILED' && !emptyReasons.test(changeSet.reason))
      return { kind: 'validation-failed', cause: await explainFailure(changeSet, changeSetArn, context) }
    return { kind: 'previewed', changes: changeSet.changes, isNew: false }
  } finally {
    await cloudFormation.deleteChangeSet(changeSetArn)
  }
}
