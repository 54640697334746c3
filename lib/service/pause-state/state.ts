import type { Lock } from '../lock.ts'

/** Which kinds of scaling of a scalable target are suspended. */
type SuspendedState = {
  dynamicScalingIn: boolean
  dynamicScalingOut: boolean
  scheduledScaling: boolean
}

/** Bounds of a service's desired count, and what is suspended of its scaling. */
export type Bounds = { min: number; max: number; suspended: SuspendedState }

/** Size of an Auto Scaling group. */
export type GroupSize = { name: string; min: number; desired: number }

/**
 * What was done last with a service: a pause ends in `paused`, a resume in `running`. It is no proof: whether the
 * service runs is judged by the phase and by what AWS shows, together.
 */
export type Phase = 'running' | 'pausing' | 'paused' | 'resuming'

/** Who asked for something, when and why. `by`, `reason` and `runUrl` are '' where they are not known. */
export type Author = {
  /** ISO 8601, UTC. */
  at: string
  by: string
  reason: string
  runUrl: string
}

/** What somebody asked for while somebody else was at work, or when it stood so already: the last one counts. */
export type Wish = Author & { id: string; operation: 'pause' | 'resume' }

/** Who works on a service now. */
export type ServiceLock = Lock<'pause' | 'resume' | 'deploy'>

/** What a resume has to restore. */
export type Numbers = {
  desired: number
  /** Undefined where the service has no scalable target. */
  bounds: Bounds | undefined
  /** The Auto Scaling groups that the service runs on. */
  groups: readonly GroupSize[]
}

/** What a pause took, and when. */
export type Saved = Numbers & {
  /** ISO 8601, UTC. */
  at: string
}

/** Until when nobody pauses the service, and who said so. */
type KeepAwake = Author & {
  /** ISO 8601, UTC. */
  until: string
}

/** The one object that a service has in the toolkit's bucket; every writer replaces the version that it has read. */
export type PauseState = {
  version: 2
  cluster: string
  service: string
  phase: Phase
  /** Undefined while the phase is `running`. */
  saved: Saved | undefined
  /** Who brought about the phase; undefined before the first pause. */
  change: Author | undefined
  wish: Wish | undefined
  lock: ServiceLock | undefined
  keepAwake: KeepAwake | undefined
}

/** Names the object in the toolkit's bucket that keeps a service's state. */
export function pauseStateKey(cluster: string, service: string): string {
  return `pause/${cluster}/${service}.json`
}

/** Begins the state of a service that has none. */
export function newPauseState(cluster: string, service: string): PauseState {
  return {
    ...{ version: 2, cluster, service, phase: 'running', saved: undefined },
    ...{ change: undefined, wish: undefined, lock: undefined, keepAwake: undefined },
  }
}

/** All scaling of a scalable target is suspended. */
export const allSuspended: SuspendedState = {
  dynamicScalingIn: true,
  dynamicScalingOut: true,
  scheduledScaling: true,
}

/** The bounds of a paused service; they are never taken for what a resume has to restore. */
export const pausedBounds: Bounds = { min: 0, max: 0, suspended: allSuspended }

/** Returns whether no scaling acts on a service. */
export const isAllSuspended = ({ suspended }: Bounds): boolean => Object.values(suspended).every(Boolean)

/** Returns whether two bounds are the same, flags included. */
export function equalBounds(a: Bounds | undefined, b: Bounds | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return (
    a.min === b.min &&
    a.max === b.max &&
    a.suspended.dynamicScalingIn === b.suspended.dynamicScalingIn &&
    a.suspended.dynamicScalingOut === b.suspended.dynamicScalingOut &&
    a.suspended.scheduledScaling === b.suspended.scheduledScaling
  )
}
