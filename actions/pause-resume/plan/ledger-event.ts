import type { LedgerEvent, LedgerGroup } from '../../../lib/service/ledger.ts'
import type { Author, PauseState, Phase } from '../../../lib/service/pause-state/state.ts'
import { type ClusterState, savedOf } from '../observe/state.ts'

/** A state that is about to be replaced by one of the next phase, and what AWS shows. */
export type Leaving = {
  state: PauseState
  next: Phase
  cluster: ClusterState
  /** Group to the type of its instances, also of those that are gone. */
  types: ReadonlyMap<string, string>
  /** Epoch milliseconds. */
  now: number
}

/** What the ledger is told of a pause or a resume, and when that was asked for. */
export type Told = { event: LedgerEvent; askedAt: string }

/**
 * Makes the event of the phase that a service leaves: it is told before the state says so, that a run which is killed
 * between leaves it to the next one. A resume costs from the moment on at which it was asked for, however it ends; a
 * pause saves when its instances are gone. Undefined where nothing is to be told.
 */
export function makeLedgerEvent({ state, next, cluster, types, now }: Leaving): Told | undefined {
  const { phase, change } = state
  if (!change) return undefined
  if (phase === 'resuming') return tell('resume', change.at, { state, cluster, types, change })
  if (phase !== 'pausing') return undefined
  if (next === 'paused') return tell('pause', new Date(now).toISOString(), { state, cluster, types, change })
  // A run that was killed at the very end, or has not waited: nobody knows when the last instance was gone.
  const isDown = next === 'resuming' && isEmpty(state, cluster)
  return isDown ? tell('pause', change.at, { state, cluster, types, change }) : undefined
}

type Telling = Pick<Leaving, 'state' | 'cluster' | 'types'> & { change: Author }

function tell(operation: 'pause' | 'resume', at: string, telling: Telling): Told {
  const { state, change } = telling
  const isPaused = operation === 'pause'
  const groups = state.saved?.groups ?? []
  const event: LedgerEvent = {
    version: 1,
    cluster: state.cluster,
    ...{ at, operation, by: change.by, why: change.reason, run: change.runUrl },
    services: [{ name: state.service, isPaused }],
    groups: groups.map(({ name }) => describeGroup(name, isPaused, telling)),
  }
  return { event, askedAt: change.at }
}

function describeGroup(name: string, isPaused: boolean, { state, cluster, types }: Telling): LedgerGroup {
  const { instances = [], users = [] } = cluster.groups.get(name) ?? {}
  const instanceType = types.get(name) ?? instances[0]?.type ?? ''
  if (!isPaused) return { name, instanceType, freed: 0, left: 0 }
  const left = instances.length
  // A service that was paused later may have found the group smaller already.
  const saved = [state.saved, ...cluster.services.map(savedOf)].flatMap((numbers) => numbers?.groups ?? [])
  const full = Math.max(...saved.filter((group) => group.name === name).map(({ desired }) => desired))
  return { name, instanceType, freed: Math.max(0, full - left), left: users.length > 0 ? 0 : left }
}

function isEmpty({ service, saved }: PauseState, { services, groups }: ClusterState): boolean {
  const found = services.find(({ name }) => name === service)
  const tasks = found ? found.desired + found.running + found.pending : 0
  return tasks === 0 && (saved?.groups ?? []).every(({ name }) => !groups.get(name)?.instances.length)
}
