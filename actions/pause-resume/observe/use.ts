import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { Use } from '../calendar/decide.ts'
import type { Connections } from '../context.ts'
import type { ServiceState } from './state.ts'

const callsAtATime = 8

type Guard = {
  aws: Pick<Connections, 'requestCounts' | 'taskProtection'>
  /** How long nobody may have used a service that counts as idle. */
  minutes: number
  /** Epoch milliseconds. */
  now: number
}

/** Describes how services are used, by their names. */
export async function describeUses(
  cluster: string,
  services: readonly Pick<ServiceState, 'name' | 'targetGroups'>[],
  { aws, minutes, now }: Guard,
): Promise<Map<string, Use>> {
  const from = now - minutes * 60_000
  const uses = await mapConcurrently(
    services,
    { concurrency: callsAtATime },
    async ({ name, targetGroups }) => {
      const requests = targetGroups.length === 0 ? 0 : await aws.requestCounts.sum(targetGroups, from, now)
      const protectedTasks = await aws.taskProtection.list(cluster, name)
      return [name, { requests, minutes, protectedTasks }] as const
    },
  )
  return new Map(uses)
}
