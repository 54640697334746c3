import {
  type Bounds,
  equalBounds,
  type GroupSize,
  isAllSuspended,
  type Phase,
} from '../../../lib/service/pause-state/state.ts'
import { type ClusterState, type ServiceState, stateOf } from '../observe/state.ts'
import type { Step } from '../step.ts'
import type { Fitted } from './fit.ts'
import { growGroups } from './groups.ts'
import { haveSameLimits, holdBounds, isChangedByHand, judgeReality, type Reality } from './reality.ts'
import {
  type Choice,
  leaveAlone,
  planNothing,
  planSteps,
  refuse,
  refuseChanged,
  type ServicePlan,
} from './service-plan.ts'
import { takeNumbers } from './take.ts'

/**
 * Plans a resume of one service; `fitted` are its saved numbers, as near as they can be restored now, and `sizes`
 * what all services of the same resume need of their groups. Nothing is ever lowered.
 *
 * | reality | nothing saved | pausing, paused | resuming |
 * | --- | --- | --- | --- |
 * | awake | reached | stays as it is, its numbers saved anew until it is noted as running | its scaling comes back |
 * | half-resumed | | | what is missing yet |
 * | forced | refused: nobody knows its bounds | the saved bounds | the saved bounds |
 * | idle | reached | the saved numbers | the saved numbers |
 * | down | refused: what it had is lost | the saved numbers | the saved numbers |
 * | at zero | left alone; refused if named | the saved numbers | the saved numbers |
 *
 * Where somebody changed it by hand since, `on-conflict: restore` brings the saved numbers back, and `fail` refuses.
 */
export function planResume(
  service: ServiceState,
  state: ClusterState,
  fitted: Fitted | undefined,
  choice: Choice,
): ServicePlan {
  const { name } = service
  const { phase = 'running', saved } = stateOf(service) ?? {}
  if (!fitted) return planUnsaved(service, judgeReality(service, phase, undefined), state.isWhole)
  const reality = judgeReality(service, phase, fitted)
  const isChanged = isChangedByHand(reality, phase, service.bounds, fitted)
  if (isChanged && choice.onConflict === 'fail') return refuseChanged(service, fitted)
  const isRestored = isChanged && choice.onConflict === 'restore'
  const isOwn = reality === 'awake' && !isRestored
  const goal = isOwn ? keepOwn(service, state, phase, fitted) : restoreSaved(service, fitted)
  // Whoever resumes nothing must not forget what there was.
  if (goal.desired === 0 && saved && saved.desired > 0)
    return refuse(name, `none of its ${saved.desired} task(s) can run: ${fitted.notes.join('; ')}`)
  const isReached = isHealthy(service, goal.desired)
  // The next look, which sees a resume, does not know any more that somebody had started it by hand.
  const numbers = isOwn ? takeNumbers(service, state, saved) : undefined
  const steps: Step[] = [
    ...(phase === 'resuming'
      ? []
      : [{ kind: 'begin' as const, service: name, phase: 'resuming' as const, numbers }]),
    ...growGroups(goal.groups, state),
    ...(goal.held ? [{ kind: 'register' as const, service: name, bounds: goal.held }] : []),
    ...(service.desired < goal.desired
      ? [{ kind: 'set-desired' as const, service: name, desired: goal.desired }]
      : []),
    ...(isReached || !choice.wait
      ? []
      : [{ kind: 'wait-until-healthy' as const, service: name, desired: goal.desired }]),
    ...(choice.wait && choice.readyUrl !== undefined && !choice.isReady
      ? [{ kind: 'wait-until-ready' as const, url: choice.readyUrl }]
      : []),
    ...(goal.bounds && !equalBounds(goal.held ?? service.bounds, goal.bounds)
      ? [{ kind: 'register' as const, service: name, bounds: goal.bounds }]
      : []),
    { kind: 'end', service: name, phase: 'running' },
  ]
  return planSteps(name, steps, { notes: fitted.notes, isUnderWay: !isReached })
}

/** Plans for a service of which nothing is saved. */
function planUnsaved({ name }: ServiceState, reality: Reality, isWhole: boolean): ServicePlan {
  switch (reality) {
    case 'awake':
    case 'half-resumed':
      return planNothing(name, true)
    case 'idle':
      return planNothing(name, false)
    case 'forced':
      return refuse(
        name,
        'its bounds are 0 to 0, and no pause has saved others; set minimum and maximum of its scalable target by hand',
      )
    case 'down':
      return refuse(name, `it is down as after a pause, and what it had is lost; ${byHand}`)
    case 'at zero':
      return isWhole
        ? leaveAlone(name)
        : refuse(name, `it is at zero, and no pause has saved what it had; ${byHand}`)
  }
}

const byHand =
  'set its bounds and its desired count by hand once, or restore an earlier version of its saved state'

type Goal = {
  desired: number
  /** Undefined where the service has no scalable target. */
  bounds: Bounds | undefined
  /** The bounds without scaling, where they are to be set first. */
  held: Bounds | undefined
  groups: Fitted['groups']
}

function keepOwn({ desired, bounds }: ServiceState, state: ClusterState, phase: Phase, fitted: Fitted): Goal {
  const { groups } = fitted
  // Suspended scaling is what a pause or a resume has left.
  const isHeld = bounds && fitted.bounds && isAllSuspended(bounds)
  const own = isHeld && fitted.bounds ? { ...bounds, suspended: fitted.bounds.suspended } : bounds
  // Who woke it has chosen how many instances there are, if any.
  const isChosen = ({ name }: GroupSize) => phase !== 'resuming' && (state.groups.get(name)?.desired ?? 0) > 0
  const kept = groups.map((size) => (isChosen(size) ? { ...size, desired: size.min } : size))
  return { desired, bounds: own, held: undefined, groups: kept }
}

function restoreSaved({ desired, bounds }: ServiceState, fitted: Fitted): Goal {
  // A maximum below the tasks that somebody has asked for would end some.
  const saved = fitted.bounds && { ...fitted.bounds, max: Math.max(fitted.bounds.max, desired) }
  return {
    desired: Math.max(desired, fitted.desired),
    bounds: saved,
    held: saved && !haveSameLimits(bounds, saved) ? holdBounds(saved) : undefined,
    groups: fitted.groups,
  }
}

/** Returns whether so many tasks run, and each target group has so many healthy targets. */
const isHealthy = ({ running, targetGroups, healthy }: ServiceState, desired: number): boolean =>
  running >= desired && (targetGroups.length === 0 || (healthy ?? 0) >= desired)
