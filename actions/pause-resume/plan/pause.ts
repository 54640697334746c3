import {
  equalBounds,
  type Numbers,
  type Phase,
  pausedBounds,
  type Saved,
} from '../../../lib/service/pause-state/state.ts'
import { type ClusterState, type ServiceState, stateOf } from '../observe/state.ts'
import type { Step } from '../step.ts'
import { fitNumbers } from './fit.ts'
import { emptyGroups } from './groups.ts'
import { explainKept, keepNumbers } from './kept.ts'
import { isChangedByHand, judgeReality, type Reality } from './reality.ts'
import {
  type Choice,
  leaveAlone,
  planNothing,
  planSteps,
  refuseChanged,
  type ServicePlan,
} from './service-plan.ts'
import { equalNumbers, takeNumbers } from './take.ts'

/**
 * Plans a pause of one service; `own` are the services of the same pause. What is saved, by reality and phase:
 *
 * | reality | nothing saved | pausing, resuming | paused |
 * | --- | --- | --- | --- |
 * | awake | its numbers | its numbers, anew | its numbers, anew |
 * | half-resumed, idle | its numbers | stays | stays |
 * | forced | its count, without bounds | stays | its count, with the saved bounds |
 * | down, at zero | left alone | stays | stays |
 *
 * What stays gets the bounds that a pause without a scalable target has not saved, and, while paused, a minimum of a group
 * that somebody has raised. Where somebody changed the service by hand since, `on-conflict: restore` lets what is saved
 * stay, and `fail` pauses nothing.
 */
export function planPause(
  service: ServiceState,
  state: ClusterState,
  own: ReadonlySet<string>,
  choice: Choice,
): ServicePlan {
  const { name } = service
  const { phase = 'running', saved } = stateOf(service) ?? {}
  const fitted = saved && fitNumbers(saved, service, state)
  const reality = judgeReality(service, phase, fitted)
  if (!saved && (reality === 'down' || reality === 'at zero'))
    return leaveAlone(
      name,
      reality === 'down' ? [`${name}: is down as after a pause, and no pause has saved its numbers`] : [],
    )
  const isChanged = isChangedByHand(reality, phase, service.bounds, fitted)
  if (saved && isChanged && choice.onConflict === 'fail') return refuseChanged(service, saved)
  const isRestored = isChanged && choice.onConflict === 'restore'
  const isAnew = !saved || (!isRestored && holdsAnew(reality, phase))
  const anew = isAnew
    ? takeNumbers(service, state, saved)
    : keepNumbers(saved, service, state, phase === 'paused' && choice.onConflict !== 'restore')
  const { steps, notes } = emptyGroups(service.groups, state, own)
  const isUnderWay = !choice.wait && steps.length > 0
  // Whoever does not wait for the instances cannot tell that they are gone.
  const work = [
    ...stopTasks(service),
    ...steps.filter(({ kind }) => choice.wait || kind !== 'wait-until-empty'),
  ]
  if (work.length === 0 && phase === 'paused' && !isUnderWay) return planNothing(name, true, notes)
  const isBegun = phase === 'pausing' && !(anew && saved && !equalNumbers(anew, saved))
  const begin: Step[] = isBegun ? [] : [{ kind: 'begin', service: name, phase: 'pausing', numbers: anew }]
  const end: Step[] = isUnderWay ? [] : [{ kind: 'end', service: name, phase: 'paused' }]
  const explained = isAnew
    ? explain(service, reality, anew, saved)
    : explainKept(name, saved, anew, isRestored)
  return planSteps(name, [...begin, ...work, ...end], { notes: [...notes, ...explained], isUnderWay })
}

const holdsAnew = (reality: Reality, phase: Phase) =>
  reality === 'awake' || (reality === 'forced' && phase === 'paused')

function stopTasks({ name, bounds, desired, running, pending }: ServiceState): Step[] {
  return [
    // First the bounds, then the count: otherwise the old minimum would restore it.
    ...(bounds && !equalBounds(bounds, pausedBounds)
      ? [{ kind: 'register' as const, service: name, bounds: pausedBounds }]
      : []),
    ...(desired > 0 ? [{ kind: 'set-desired' as const, service: name, desired: 0 }] : []),
    ...(desired + running + pending > 0 ? [{ kind: 'wait-until-stopped' as const, service: name }] : []),
  ]
}

function explain(
  { name, bounds }: ServiceState,
  reality: Reality,
  anew: Numbers | undefined,
  saved: Saved | undefined,
) {
  if (anew && reality === 'forced' && !saved && bounds)
    return [
      `${name}: its bounds are 0 to 0, and no pause has saved others; set them by hand when it runs again`,
    ]
  if (anew && saved && !equalNumbers(anew, saved))
    return [
      `${name}: was changed since ${saved.at}; what it has now is saved, the older numbers are an earlier version`,
    ]
  return []
}
