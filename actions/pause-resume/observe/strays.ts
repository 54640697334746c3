import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { Saved } from '../../../lib/service/pause-state/state.ts'
import type { Connections } from '../context.ts'
import { type ClusterState, savedOf } from './state.ts'

const callsAtATime = 8

/** Lists the services that have a state, and do not exist; `state` is of all services of the cluster. */
export async function listStrays(
  { cluster, services }: ClusterState,
  aws: Pick<Connections, 'objectNames'>,
): Promise<string[]> {
  const prefix = `pause/${cluster}/`
  const names = (await aws.objectNames.list(prefix)).map((key) =>
    key.slice(prefix.length).replace(/\.json$/, ''),
  )
  return names.filter((name) => !services.some((service) => service.name === name))
}

/** Finds what pauses have taken of services that were deleted since, by their names. */
export async function findDeleted(
  state: ClusterState,
  aws: Pick<Connections, 'objectNames' | 'pauseStates'>,
): Promise<Map<string, Saved>> {
  const strays = await listStrays(state, aws)
  const found = await mapConcurrently(strays, { concurrency: callsAtATime }, async (name) => {
    const saved = savedOf({ found: await aws.pauseStates.read(state.cluster, name) })
    return saved ? [[name, saved] as const] : []
  })
  return new Map(found.flat())
}
