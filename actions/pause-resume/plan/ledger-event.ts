import type { LedgerEvent, LedgerGroup } from '../../../lib/service/ledger.ts'
import type { Author } from '../../../lib/service/pause-state/state.ts'
import { type ClusterState, type GroupState, savedOf } from '../observe/state.ts'

/** What a run changed. */
export type Changed = {
  operation: 'pause' | 'resume'
  /** Names of the services. */
  services: readonly string[]
  before: ClusterState
  after: ClusterState
  author: Author
}

/** Makes the event of the ledger that tells what a run changed. */
export function makeLedgerEvent({ operation, services, before, after, author }: Changed): LedgerEvent {
  const isPaused = operation === 'pause'
  const concerned = after.services.filter(({ name }) => services.includes(name))
  const groups = new Set(concerned.flatMap((service) => service.groups))
  return {
    version: 1,
    cluster: after.cluster,
    ...{ at: author.at, operation, by: author.by, why: author.reason, run: author.runUrl },
    services: services.map((name) => ({ name, isPaused })),
    groups: [...groups].map((name) => compare(name, isPaused, before, after)),
  }
}

function compare(name: string, isPaused: boolean, before: ClusterState, after: ClusterState): LedgerGroup {
  const [was, is] = [before.groups.get(name), after.groups.get(name)]
  const instanceType = typeOf(was) ?? typeOf(is) ?? ''
  if (!isPaused) return { name, instanceType, freed: 0, left: 0 }
  const left = is?.instances.length ?? 0
  // A pause that was cut before has ended some of the instances already.
  const saved = after.services.flatMap((service) => savedOf(service)?.groups ?? [])
  const sizes = saved.filter((group) => group.name === name).map(({ desired }) => desired)
  const full = Math.max(was?.instances.length ?? 0, ...sizes)
  return { name, instanceType, freed: Math.max(0, full - left), left: is && is.users.length > 0 ? 0 : left }
}

const typeOf = (group: GroupState | undefined) => group?.instances[0]?.type
