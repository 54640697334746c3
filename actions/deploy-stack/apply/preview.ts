import type { ChangeSetRequest, Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackStep } from '../plan/plan.ts'
import type { Ending } from '../report/outcome.ts'
import { deadStatuses, emptyReasons, explainFailure, settleChangeSet, type Tools } from './deploy.ts'

/**
 * Shows what a deployment would do to one stack, and leaves nothing behind. A stack that does not exist is
 * planned from its template: a change set would make an empty stack, which a role for previews may not.
 */
export async function previewStack(
  step: StackStep,
  request: Omit<ChangeSetRequest, 'type'>,
  stack: Stack | undefined,
  tools: Tools,
): Promise<Ending> {
  if (!stack || deadStatuses.includes(stack.status)) {
    const changes = [...step.template.resources].map(([logicalId, type]) => ({
      action: 'Add',
      logicalId,
      type,
      replacement: '',
    }))
    return { kind: 'previewed', changes, isNew: true }
  }
  const { cloudFormation } = tools
  const made = await cloudFormation.createChangeSet({ ...request, type: 'UPDATE' })
  if ('refusal' in made) return { kind: 'validation-failed', cause: made.refusal }
  const { changeSetArn } = made
  try {
    const changeSet = await settleChangeSet(changeSetArn, request.stackName, tools)
    if (changeSet.status === 'FAILED' && !emptyReasons.test(changeSet.reason))
      return { kind: 'validation-failed', cause: await explainFailure(changeSet, changeSetArn, tools) }
    return { kind: 'previewed', changes: changeSet.changes, isNew: false }
  } finally {
    await cloudFormation.deleteChangeSet(changeSetArn)
  }
}
