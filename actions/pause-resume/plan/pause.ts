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
import { judgeReality, type Reality } from './reality.ts'
import { type Choice, leaveAlone, planNothing, planSteps, type ServicePlan } from './service-plan.ts'
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
 */
export function planPause(
  service: ServiceState,
  state: ClusterState,
  own: ReadonlySet<string>,
  choice: Choice,
): ServicePlan {
  const { name } = service
  const { phase = 'running', saved } = stateOf(service) ?? {}
  const reality = judgeReality(service, phase, saved && fitNumbers(saved, service, state))
  if (!saved && (reality === 'down' || reality === 'at zero'))
    return leaveAlone(
      name,
      reality === 'down' ? [`${name}: is down as after a pause, and no pause has saved its numbers`] : [],
    )
  const anew = chooseNumbers(service, state, { reality, phase, saved })
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
  const explained = [...notes, ...explain(service, reality, anew, saved)]
  return planSteps(name, [...begin, ...work, ...end], { notes: explained, isUnderWay })
}

function chooseNumbers(
  service: ServiceState,
  state: ClusterState,
  { reality, phase, saved }: { reality: Reality; phase: Phase; saved: Saved | undefined },
): Numbers | undefined {
  const isAnew = reality === 'awake' || !saved || (reality === 'forced' && phase === 'paused')
  return isAnew ? takeNumbers(service, state, saved) : undefined
}

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
