import { isMade, type Stack } from '../../../lib/aws/cloudformation.ts'
import { linkStack } from '../../../lib/console.ts'
import type { StackContext } from '../context.ts'
import type { StackStep } from '../plan/plan.ts'
import { findDifference, nameReviewed, type ReviewedStack } from '../review.ts'
import { type Busy, executeChangeSet, proposeChanges } from './deploy.ts'
import { advise } from './failure.ts'
import type { StackOutcome } from './outcome.ts'
import { previewStack } from './preview.ts'
import type { StackRequest } from './request.ts'

/**
 * Reviews one stack: makes its change set and keeps it. Where a stack before it changes, its outputs may change too:
 * then the change set only shows what is expected, and is deleted; a new stack is planned from its template then.
 */
export async function reviewStack(
  step: StackStep,
  request: StackRequest,
  stack: Stack | undefined,
  isDownstream: boolean,
  context: StackContext,
): Promise<StackOutcome | Busy> {
  const isNew = !isMade(stack)
  if (isDownstream) {
    const outcome = await previewStack(step, request, isNew ? undefined : stack, context)
    return outcome.kind === 'previewed' ? { ...outcome, kept: false } : outcome
  }
  const proposed = await proposeChanges(request, isNew, context)
  if (proposed.kind === 'proposed') {
    const { changes, stackArn, changeSetArn } = proposed.made
    context.links.set(step.stackName, linkStack(stackArn, changeSetArn))
    return { kind: 'previewed', changes, isNew, kept: true }
  }
  return proposed.kind === 'empty' ? { kind: 'previewed', changes: [], isNew, kept: false } : proposed
}

/**
 * Executes what was reviewed for one stack, and nothing else. Where an earlier run did, and nobody changed the stack since,
 * it stays as it is.
 */
export async function executeReviewed(
  reviewed: ReviewedStack,
  request: StackRequest,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome> {
  const { cloudFormation, inputs, log } = context
  const { stackName } = request
  if (stack && (await wasExecuted(stack, context))) {
    log.info(`${stackName}: an earlier run executed what was reviewed`)
    return { kind: 'no-changes', outputs: stack.outputs }
  }
  if (reviewed.isNew === isMade(stack)) return overtaken
  if (reviewed.kept) {
    const name = nameReviewed(idOf(inputs))
    const found = await cloudFormation.findChangeSet(stackName, name)
    if (found?.executionStatus !== 'AVAILABLE') return overtaken
    const made = { ...found, changes: reviewed.changes, isNew: reviewed.isNew }
    return await executeAlone(made, stackName, context)
  }
  const proposed = await proposeChanges(request, reviewed.isNew, context)
  if (proposed.kind === 'busy') return { kind: 'validation-failed', cause: advise(proposed.cause) }
  if (proposed.kind === 'validation-failed') return proposed
  const made = proposed.kind === 'proposed' ? proposed.made : undefined
  const difference = findDifference(reviewed, made?.changes ?? [])
  if (difference !== undefined) {
    if (made) await cloudFormation.deleteChangeSet(made.changeSetArn)
    return { kind: 'refused', cause: `differs from the review (${difference}); review again` }
  }
  return made
    ? await executeAlone(made, stackName, context)
    : { kind: 'no-changes', outputs: stack?.outputs ?? new Map() }
}

// All events of an operation carry its token, which ends with the id of the review: the last operation is told by it.
async function wasExecuted({ arn }: Stack, { cloudFormation, inputs }: StackContext): Promise<boolean> {
  const newest = await cloudFormation.findNewestEvent(arn)
  if (newest?.physicalId !== arn) return false
  return /^(CREATE|UPDATE)_COMPLETE$/.test(newest.status) && newest.token.endsWith(`-${idOf(inputs)}`)
}

const idOf = ({ review }: StackContext['inputs']): string => review?.id ?? ''

async function executeAlone(
  made: Parameters<typeof executeChangeSet>[0],
  stackName: string,
  context: StackContext,
): Promise<StackOutcome> {
  const outcome = await executeChangeSet(made, stackName, context, idOf(context.inputs))
  return outcome.kind === 'busy' ? overtaken : outcome
}

const overtaken: StackOutcome = {
  kind: 'refused',
  cause: 'it was changed since the review, or its change set was deleted or executed; review again',
}
