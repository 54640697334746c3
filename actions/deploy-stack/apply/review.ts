import { type ChangeSetRequest, failedCreationStatuses, type Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackContext } from '../context.ts'
import type { StackStep } from '../plan/plan.ts'
import { findDifference, nameReviewed, type ReviewedStack } from '../review.ts'
import {
  type Busy,
  emptyReasons,
  executeChangeSet,
  explainFailure,
  explainRefusal,
  settleChangeSet,
} from './deploy.ts'
import { advise } from './failure.ts'
import type { StackOutcome } from './outcome.ts'
import { previewStack } from './preview.ts'
import { describeStatus } from './recovery.ts'

type Request = Omit<ChangeSetRequest, 'type'>

/**
 * Reviews one stack: makes its change set and keeps it. Where a stack before it changes, its outputs may change too:
 * then the change set only shows what is expected, and is deleted; a new stack is planned from its template then.
 */
export async function reviewStack(
  step: StackStep,
  request: Request,
  stack: Stack | undefined,
  isDownstream: boolean,
  context: StackContext,
): Promise<StackOutcome | Busy> {
  const isNew = stack === undefined || stack.status === 'REVIEW_IN_PROGRESS'
  if (stack && !isNew && failedCreationStatuses.includes(stack.status))
    return { kind: 'refused', cause: `a review cannot plan for a stack in ${describeStatus(stack.status)}` }
  if (isDownstream) {
    const outcome = await previewStack(step, request, isNew ? undefined : stack, context)
    return outcome.kind === 'previewed' ? { ...outcome, kept: false } : outcome
  }
  const { cloudFormation } = context
  const made = await cloudFormation.createChangeSet({ ...request, type: isNew ? 'CREATE' : 'UPDATE' })
  if ('refusal' in made) return explainRefusal(made.refusal)
  const { changeSetArn } = made
  const { status, changes, reason } = await settleChangeSet(changeSetArn, request.stackName, context)
  const isEmpty = status === 'FAILED' && emptyReasons.test(reason)
  if (status !== 'FAILED') return { kind: 'previewed', changes, isNew, kept: true }
  const cause = isEmpty ? undefined : await explainFailure({ status, changes, reason }, changeSetArn, context)
  await cloudFormation.deleteChangeSet(changeSetArn)
  if (cause !== undefined) return { kind: 'validation-failed', cause: advise(cause) }
  return { kind: 'previewed', changes: [], isNew, kept: false }
}

/** Executes what was reviewed for one stack, and nothing else. */
export async function executeReviewed(
  reviewed: ReviewedStack,
  request: Request,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome> {
  const { cloudFormation, inputs } = context
  const { stackName } = request
  if (reviewed.kept) {
    const name = nameReviewed(inputs.review?.id ?? '')
    const found = await cloudFormation.findChangeSet(stackName, name)
    if (found?.executionStatus !== 'AVAILABLE') return overtaken
    const made = { ...found, changes: reviewed.changes, isNew: reviewed.isNew }
    const outcome = await executeChangeSet(made, stackName, context)
    return outcome.kind === 'busy' ? overtaken : outcome
  }
  const made = await cloudFormation.createChangeSet({
    ...request,
    type: reviewed.isNew ? 'CREATE' : 'UPDATE',
  })
  if ('refusal' in made) return { kind: 'validation-failed', cause: advise(made.refusal) }
  const changeSet = await settleChangeSet(made.changeSetArn, stackName, context)
  const isEmpty = changeSet.status === 'FAILED' && emptyReasons.test(changeSet.reason)
  const invalid =
    changeSet.status === 'FAILED' && !isEmpty
      ? await explainFailure(changeSet, made.changeSetArn, context)
      : undefined
  const difference = findDifference(reviewed, isEmpty ? [] : changeSet.changes)
  if (invalid === undefined && difference === undefined && !isEmpty) {
    const whole = { ...made, changes: changeSet.changes, isNew: reviewed.isNew }
    const outcome = await executeChangeSet(whole, stackName, context)
    return outcome.kind === 'busy' ? overtaken : outcome
  }
  await cloudFormation.deleteChangeSet(made.changeSetArn)
  if (invalid !== undefined) return { kind: 'validation-failed', cause: advise(invalid) }
  if (difference === undefined) return { kind: 'no-changes', outputs: stack?.outputs ?? new Map() }
  return { kind: 'refused', cause: `differs from the review (${difference}); review again` }
}

const overtaken: StackOutcome = {
  kind: 'refused',
  cause: 'it was changed since the review, or its change set was deleted or executed; review again',
}
