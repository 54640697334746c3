import { UserError } from '../../lib/errors.ts'
import type { Bounds, GroupSize, SavedState } from '../../lib/service/saved-state.ts'
import type { ClusterState, ServiceState } from './observe.ts'
import type { Step } from './step.ts'

/** What a plan depends on besides the state. */
export type Choice = { wait: boolean; readyUrl: string | undefined; now: string }

const allSuspended = { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true }
const pausedBounds: Bounds = { min: 0, max: 0, suspended: allSuspended }

/** Plans a pause: first each service, then the groups that no other service needs. Empty where all is at zero. */
export function planPause(state: ClusterState, choice: Choice): Step[] {
  const services = state.services.flatMap((service) => pauseService(service, state, choice))
  const groups = [...state.groups.values()].filter(({ name }) => !state.sharedGroups.has(name))
  return [
    ...services,
    ...state.services.flatMap(({ name, running, pending, desired }): Step[] =>
      choice.wait && running + pending + desired > 0 ? [{ kind: 'wait-until-stopped', service: name }] : [],
    ),
    ...groups.flatMap(({ name, min, desired, instances }): Step[] => [
      ...(min + desired > 0 ? [{ kind: 'resize-group' as const, size: { name, min: 0, desired: 0 } }] : []),
      ...(choice.wait && instances > 0 ? [{ kind: 'wait-until-empty' as const, group: name }] : []),
    ]),
  ]
}

function pauseService(service: ServiceState, state: ClusterState, { now }: Choice): Step[] {
  const { name, bounds, desired } = service
  const registers = bounds !== undefined && !equalBounds(bounds, pausedBounds)
  // A service at zero without a scalable target was stopped by hand: nothing to save or to restore.
  if (!registers && desired === 0 && !service.saved) return []
  const steps: Step[] = service.saved ? [] : [{ kind: 'save', state: toSaved(service, state, now) }]
  // First the bounds, then the count: otherwise the old minimum would restore it.
  if (registers) steps.push({ kind: 'register', service: name, bounds: pausedBounds })
  if (desired > 0) steps.push({ kind: 'set-desired', service: name, desired: 0 })
  return steps
}

function toSaved(
  { name, desired, bounds, groups }: ServiceState,
  state: ClusterState,
  now: string,
): SavedState {
  return {
    version: 1,
    cluster: state.cluster,
    service: name,
    savedAt: now,
    desired,
    bounds,
    groups: groups.flatMap((group) => {
      const found = state.groups.get(group)
      return found ? [{ name: group, min: found.min, desired: found.desired }] : []
    }),
  }
}

/** Plans a resume: restores what the pause saved, in reverse order. Empty when nothing is paused. */
export function planResume(state: ClusterState, choice: Choice): Step[] {
  const paused = state.services.flatMap((service) =>
    service.saved ? [{ service, saved: service.saved }] : [],
  )
  for (const { name, desired, saved } of state.services) if (!saved && desired === 0) throw notSaved(name)
  if (paused.length === 0) return []
  const waits = paused.flatMap(({ saved }): Step[] =>
    choice.wait ? [{ kind: 'wait-until-healthy', service: saved.service, desired: saved.desired }] : [],
  )
  return [
    ...growGroups(
      paused.map(({ saved }) => saved),
      state,
    ),
    ...paused.flatMap(({ service, saved }) => startService(service, saved)),
    ...waits,
    ...(choice.readyUrl === undefined ? [] : [{ kind: 'wait-until-ready' as const, url: choice.readyUrl }]),
    ...paused.flatMap(({ saved }): Step[] => [
      ...(saved.bounds ? [{ kind: 'register' as const, service: saved.service, bounds: saved.bounds }] : []),
      { kind: 'forget', service: saved.service },
    ]),
  ]
}

// A group that is larger already, for another service, is left as it is.
function growGroups(saved: readonly SavedState[], { groups }: ClusterState): Step[] {
  const wanted = new Map<string, GroupSize>()
  for (const size of saved.flatMap((state) => state.groups)) {
    const other = wanted.get(size.name)
    const min = Math.max(size.min, other?.min ?? 0)
    wanted.set(size.name, { name: size.name, min, desired: Math.max(size.desired, other?.desired ?? 0) })
  }
  return [...wanted.values()].flatMap((size): Step[] => {
    const found = groups.get(size.name)
    if (!found || (found.min === size.min && found.desired >= size.desired)) return []
    return [{ kind: 'resize-group', size: { ...size, desired: Math.max(size.desired, found.desired) } }]
  })
}

// The bounds come back before the count, and the scaling after all: it must not meet a service that starts.
function startService({ name, bounds, desired }: ServiceState, saved: SavedState): Step[] {
  const held = saved.bounds && { ...saved.bounds, suspended: allSuspended }
  return [
    ...(held && !(bounds && equalBounds(bounds, held))
      ? [{ kind: 'register' as const, service: name, bounds: held }]
      : []),
    ...(desired === saved.desired
      ? []
      : [{ kind: 'set-desired' as const, service: name, desired: saved.desired }]),
  ]
}

function equalBounds(a: Bounds, b: Bounds): boolean {
  return (
    a.min === b.min &&
    a.max === b.max &&
    a.suspended.dynamicScalingIn === b.suspended.dynamicScalingIn &&
    a.suspended.dynamicScalingOut === b.suspended.dynamicScalingOut &&
    a.suspended.scheduledScaling === b.suspended.scheduledScaling
  )
}

const notSaved = (name: string) =>
  new UserError(
    `services: "${name}" is at zero, and no pause saved what it was; set its desired count by hand once`,
  )
