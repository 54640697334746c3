import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackContext } from '../context.ts'
import { describeRecent } from '../observe/stacks.ts'
import type { Lookup } from '../plan/parameter.ts'
import { listPausable, planBounds, type ServiceName } from '../plan/paused.ts'
import type { StackStep } from '../plan/plan.ts'
import { reviewChanges } from '../plan/protection.ts'
import { isBusy, waitWhileBusy } from './busy.ts'
import { deployStack } from './deploy.ts'
import { guardStack } from './guards.ts'
import { isSuccess, type StackOutcome } from './outcome.ts'
import { findLeftDown, keepDown, whileHeld } from './pausable.ts'
import { previewStack } from './preview.ts'
import { readyStack } from './ready.ts'
import { describeFirst } from './recovery.ts'
import { type MakeRequest, prepareRequests, type StackRequest } from './request.ts'
import { executeReviewed, reviewStack } from './review.ts'
import { tagRunningImage } from './running-image.ts'

// Each time, another deployment came between the look at the stack and the change set.
const mostTries = 5

/** The stacks that one depends on: their outputs, by key, and whether one of them changes in a review. */
export type Upstream = Pick<Lookup, 'outputsOf'> & { changes: boolean }

/** What is known of one stack while it is worked on. */
type Work = {
  step: StackStep
  prepare: MakeRequest
  services: readonly ServiceName[]
  /** Services that are paused, and stay so. */
  down: ReadonlySet<string>
}

/** Deploys, previews or reviews one stack, or executes what was reviewed for it. */
export async function runStack(
  step: StackStep,
  context: StackContext,
  { outputsOf, changes }: Upstream,
): Promise<StackOutcome> {
  const services = listPausable(step, context.inputs.prefix)
  return await whileHeld(services, context, async (held) => {
    const down = await findLeftDown(services, held)
    const isPaused = (cluster: string, service: string) => down.has(`${cluster}/${service}`)
    const prepare = await prepareRequests(step, { outputsOf, isPaused }, held)
    const work = { step, prepare, services, down }
    if (held.inputs.mode === 'preview') return await preview(work, held)
    if (held.inputs.mode === 'review') return await review(work, changes, held)
    return held.inputs.review ? await execute(work, held) : await deploy(work, held)
  })
}

const nameTry = ({ runToken }: StackContext, tries: number) =>
  tries === 1 ? runToken : `${runToken}-${tries}`

async function preview({ step, prepare }: Work, context: StackContext): Promise<StackOutcome> {
  for (let tries = 1; ; tries += 1) {
    const stack = await describeRecent(step.stackName, context)
    const request = await prepare(stack, nameTry(context, tries))
    const outcome = await previewStack(step, request, stack, context)
    if (outcome.kind !== 'busy') return outcome
    if (tries === mostTries) return { kind: 'conflict', cause: outcome.cause }
  }
}

async function deploy(work: Work, context: StackContext): Promise<StackOutcome> {
  const { step, prepare } = work
  const guard = (changes: Parameters<typeof reviewChanges>[1]) =>
    reviewChanges(step, changes, context.inputs.allow)
  for (let tries = 1; ; tries += 1) {
    const ready = await readyStack(step, await describeRecent(step.stackName, context), context)
    if ('kind' in ready) return ready
    const request = await prepare(ready.stack, nameTry(context, tries))
    const outcome = await deployStack(request, ready.stack, context, guard)
    if (outcome.kind !== 'busy') return await finish(work, outcome, request, ready.stack, context)
    if (tries === mostTries) return { kind: 'conflict', cause: outcome.cause }
  }
}

async function review(
  { step, prepare }: Work,
  isDownstream: boolean,
  context: StackContext,
): Promise<StackOutcome> {
  const found = await describeFree(step, 'a review cannot plan for it', context)
  if ('kind' in found) return found
  const request = await prepare(found.stack, context.runToken)
  const outcome = await reviewStack(step, request, found.stack, isDownstream, context)
  return outcome.kind === 'busy' ? { kind: 'conflict', cause: outcome.cause } : outcome
}

async function execute(work: Work, context: StackContext): Promise<StackOutcome> {
  const { step, prepare } = work
  const found = await describeFree(step, 'a review cannot be executed', context)
  if ('kind' in found) return found
  const reviewed = context.inputs.review?.stacks.find(({ key }) => key === step.key)
  if (!reviewed) return { kind: 'refused', cause: 'it was not reviewed; review again' }
  const refusal = reviewChanges(step, reviewed.changes, context.inputs.allow)
  if (refusal !== undefined) return { kind: 'refused', cause: refusal }
  const request = await prepare(found.stack, context.runToken)
  const outcome = await executeReviewed(reviewed, request, found.stack, context)
  return await finish(work, outcome, request, found.stack, context)
}

// Describes a stack that nobody is at, and of which CloudFormation takes a change.
async function describeFree({ stackName }: StackStep, what: string, context: StackContext) {
  const stack = await describeRecent(stackName, context)
  const waited = stack && isBusy(stack) ? await waitWhileBusy(stack, context) : { stack }
  if ('conflict' in waited) return { kind: 'conflict' as const, cause: waited.conflict }
  const first = waited.stack && describeFirst(waited.stack.status)
  return first === undefined ? waited : { kind: 'refused' as const, cause: `${what}, since ${first}` }
}

// What is done once a stack has its new state.
async function finish(
  { step, services, down }: Work,
  outcome: StackOutcome,
  request: StackRequest,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome> {
  if (!isSuccess(outcome)) return outcome
  const imageUri = request.parameters.get('ImageUri') ?? stack?.parameters.get('ImageUri')
  await keepDown(services, down, planBounds(step, request.parameters, stack), context)
  await guardStack(step, stack, context)
  if (imageUri !== undefined) await tagRunningImage(imageUri, context)
  return outcome
}
