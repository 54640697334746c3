import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { messageOf, UserError } from '../../../lib/errors.ts'
import type { ServiceState } from '../observe/state.ts'
import type { ServicePlan } from '../plan/service-plan.ts'
import { isWait, renderStep, type Step } from '../step.ts'
import { type Lease, openLease } from './lease.ts'
import type { Looks } from './look.ts'
import type { Pursuit, PursuitContext, ServiceOutcome } from './pursuit.ts'
import { tellLedger } from './tell.ts'

/** Does what can be done for a service now: all steps up to the first that waits. What fails ends this service only. */
export async function advance(
  service: ServiceState,
  plan: ServicePlan,
  pursuit: Pursuit,
  looks: Looks,
  context: PursuitContext,
): Promise<void> {
  const end = (kind: ServiceOutcome['kind'], cause = '') =>
    pursuit.outcomes.set(service.name, { kind, cause })
  try {
    const isNone = plan.steps.length === 0
    // Somebody may have said so since the run has started; what has begun is brought to its end.
    const awake = startsPause(plan) ? context.explainAwake(service) : undefined
    if (awake !== undefined) {
      end('kept-awake', awake)
      return
    }
    const lease = openLease(service, pursuit, context)
    if (isNone && (plan.refusal !== undefined || plan.rest === 'left')) {
      if (plan.isSure || looks.isSecond(plan)) end(...endingOf(service, plan, pursuit))
    } else if (lease.turn === 'yield') end('skipped', explainYield(lease))
    // What is as wished does not stay so while somebody works on the opposite.
    else if (lease.turn !== 'work') await waitForTurn(lease, service, pursuit, context)
    else if (isNone) {
      const isSeen = plan.isSure || looks.isSecond(plan)
      if (isSeen && (!context.isNoted || (await lease.note()))) end(...endingOf(service, plan, pursuit))
    } else if (await runSteps(plan, lease, pursuit, looks, context))
      end(plan.rest === 'reached' ? 'done' : plan.rest)
  } catch (error) {
    context.signal.throwIfAborted()
    if (isTransientAwsError(error)) pursuit.waiting.set(service.name, messageOf(error))
    else end(error instanceof UserError ? 'refused' : 'failed', `${service.name}: ${messageOf(error)}`)
  }
}

const startsPause = ({ steps: [first] }: ServicePlan) => first?.kind === 'begin' && first.phase === 'pausing'

function endingOf(
  { name }: ServiceState,
  { refusal, rest }: ServicePlan,
  { done }: Pursuit,
): [ServiceOutcome['kind'], string?] {
  if (refusal !== undefined) return ['refused', refusal]
  if (rest !== 'reached') return [rest]
  return [done.some((step) => 'service' in step && step.service === name) ? 'done' : 'already']
}

function explainYield({ state: { service, wish, change } }: Lease): string {
  const { by, at } = wish ?? change ?? { by: '', at: '' }
  return `${service}: ${by || 'somebody'} asked for the opposite at ${at}, later than this run`
}

async function waitForTurn(
  lease: Lease,
  { name }: ServiceState,
  { waiting }: Pursuit,
  { actor, log }: PursuitContext,
): Promise<void> {
  const { lock } = lease.state
  const text = `wait until the ${lock?.operation} of ${name} by ${lock?.runUrl || lock?.owner} is over`
  if (waiting.get(name) !== text) log.info(text)
  waiting.set(name, text)
  if (lease.turn === 'announce') await lease.write({ lock, wish: actor })
}

const freshMs = 5_000
const repeatMs = 5_000

// Instances are taken only by what was seen a moment ago.
const isFresh = (step: Step, { seenAt }: Pursuit, { clock }: PursuitContext) =>
  step.kind !== 'resize-group' || clock.now() - seenAt <= freshMs

// What was just written may not be seen yet, and a group of several services is set once.
function isDue(step: Step, { written }: Pursuit, { clock, log }: PursuitContext): boolean {
  const text = renderStep(step)
  const at = written.get(text)
  if (at !== undefined && clock.now() - at < repeatMs) return false
  written.set(text, clock.now())
  log.info(text)
  return true
}

/** Returns whether the last step is done. */
async function runSteps(
  plan: ServicePlan,
  lease: Lease,
  pursuit: Pursuit,
  looks: Looks,
  context: PursuitContext,
): Promise<boolean> {
  const { log, signal } = context
  for (const [at, step] of plan.steps.entries()) {
    signal.throwIfAborted()
    if (isWait(step)) {
      announceWait(plan.service, renderStep(step), pursuit, context)
      await lease.hold()
      return false
    }
    const isRecord = step.kind === 'begin' || step.kind === 'end'
    // From the first look on, whoever comes later sees that somebody is at work.
    if (isRecord && (at > 0 || !looks.isSecond(plan))) {
      await lease.hold()
      return false
    }
    if (isRecord) log.info(renderStep(step))
    else if (!(await lease.hold()) || !isFresh(step, pursuit, context)) return false
    else if (!isDue(step, pursuit, context)) continue
    try {
      if (!(await applyStep(step, lease, pursuit, context))) return false
    } catch (error) {
      pursuit.written.delete(renderStep(step))
      throw error
    }
    pursuit.done.push(step)
  }
  return plan.steps.at(-1)?.kind === 'end'
}

function announceWait(service: string, text: string, { waiting }: Pursuit, { log }: PursuitContext): void {
  if (waiting.get(service) !== text) log.info(text)
  waiting.set(service, text)
}

async function applyStep(
  step: Step,
  lease: Lease,
  pursuit: Pursuit,
  context: PursuitContext,
): Promise<boolean> {
  const { aws, actor, clock } = context
  const { cluster } = pursuit.state
  const { at, by, reason, runUrl } = actor
  if (step.kind === 'begin' || step.kind === 'end')
    await tellLedger(lease.state, step.phase, pursuit, context)
  const change = { at, by, reason, runUrl }
  switch (step.kind) {
    case 'begin': {
      const now = new Date(clock.now()).toISOString()
      const saved = step.numbers ? { ...step.numbers, at: now } : lease.state.saved
      return await lease.write({ phase: step.phase, saved, change })
    }
    case 'end': {
      const saved = step.phase === 'paused' ? lease.state.saved : undefined
      return await lease.write({ phase: step.phase, saved, change, lock: undefined })
    }
    case 'register':
      await aws.scalableTargets.register(cluster, step.service, step.bounds)
      return true
    case 'set-desired':
      await aws.ecs.setDesiredCount(cluster, step.service, step.desired)
      return true
    case 'resize-group':
      await aws.groups.resize(step.size)
      return true
    default:
      return false
  }
}
