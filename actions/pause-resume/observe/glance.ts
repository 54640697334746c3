import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { isLive } from '../../../lib/service/lock.ts'
import type { PauseState } from '../../../lib/service/pause-state/state.ts'
import { equalBounds, pausedBounds } from '../../../lib/service/pause-state/state.ts'
import { withoutFuture } from '../../../lib/service/pause-state/turn.ts'
import type { Asked, Subject } from '../calendar/decide.ts'
import type { Connections } from '../context.ts'
import { type ServiceState, stateOf } from './state.ts'

const callsAtATime = 8

/**
 * Looks at services of a cluster with few calls: enough to see that nothing has to change. Without names, at all.
 * Undefined where only a whole look tells more.
 */
export async function glance(
  cluster: string,
  names: readonly string[],
  aws: Connections,
  now: number,
): Promise<Subject[] | undefined> {
  const wanted = names.length === 0 ? await aws.ecs.listServices(cluster) : names
  const described = await aws.ecs.describeServices(cluster, wanted)
  if (described.length === 0 || described.length < wanted.length) return undefined
  const bounds = await aws.scalableTargets.describe(cluster, wanted)
  const services = await mapConcurrently(described, { concurrency: callsAtATime }, async (service) => ({
    ...service,
    bounds: bounds.get(service.name),
    found: await aws.pauseStates.read(cluster, service.name),
  }))
  if (services.some(({ found }) => found.kind === 'damaged')) return undefined
  const saved = services.flatMap((service) => stateOf(service)?.saved?.groups ?? []).map(({ name }) => name)
  const groups = saved.length === 0 ? [] : await aws.groups.describe([...new Set(saved)])
  const full = new Set(groups.filter(({ instances }) => instances.length > 0).map(({ name }) => name))
  return services.filter(isOurs).map((service) => toSubject(service, full, now))
}

type Seen = Pick<
  ServiceState,
  'name' | 'desired' | 'running' | 'pending' | 'bounds' | 'found' | 'isDaemon' | 'isExternal' | 'isDraining'
>

/** Returns whether a pause and a resume have anything to do with a service. */
export const isOurs = ({ isDaemon, isExternal, isDraining }: Seen): boolean =>
  !(isDaemon || isExternal || isDraining)

/** Returns what the calendar is asked about of a service; `full` are groups with instances, `now` in epoch milliseconds. */
export function toSubject(service: Seen, full: ReadonlySet<string>, now: number): Subject {
  const { name, desired, running, pending, bounds } = service
  const found = stateOf(service)
  const state = found && withoutFuture(found, now)
  const phase = state?.phase ?? 'running'
  // Also what only looks as if a pause had left it: a resume says what is lost.
  const isPaused = state?.saved !== undefined || equalBounds(bounds, pausedBounds)
  const is = desired > 0 ? 'running' : isPaused ? 'paused' : 'at-zero'
  const isEmpty =
    running + pending === 0 && !(state?.saved?.groups ?? []).some((group) => full.has(group.name))
  const isDone = isEmpty && (bounds === undefined || equalBounds(bounds, pausedBounds))
  return {
    name,
    is,
    // What a pause has left behind is for the next one, whatever is noted.
    phase: is === 'paused' && phase === 'paused' && !isDone ? 'pausing' : phase,
    change: state?.change,
    keepAwake: state?.keepAwake,
    asked: state && askedOf(state, is, now),
  }
}

// A wish that nobody is at work to see was noted when it stood so already, or is of a run that was killed.
function askedOf(
  { lock, wish, phase, change }: PauseState,
  is: Subject['is'],
  now: number,
): Asked | undefined {
  if (lock === undefined || !isLive(lock, now))
    return is === (wish?.operation === 'pause' ? 'paused' : 'running') ? wish : undefined
  const { operation, at } = lock
  if (operation === 'deploy' || (wish && wish.at > at)) return wish
  const isBegun = phase === (operation === 'pause' ? 'pausing' : 'resuming')
  const { by, reason } = (isBegun ? change : undefined) ?? { by: '', reason: '' }
  return { operation, at, by, reason }
}
