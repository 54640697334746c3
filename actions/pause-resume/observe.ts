import type { Group } from '../../lib/aws/autoscaling.ts'
import type { EcsService } from '../../lib/aws/ecs.ts'
import { UserError } from '../../lib/errors.ts'
import { mapConcurrently } from '../../lib/map-concurrently.ts'
import { nearest } from '../../lib/nearest.ts'
import type { Bounds, SavedState } from '../../lib/service/saved-state.ts'
import type { Connections } from './context.ts'

/** One service as it was found. */
export type ServiceState = EcsService & {
  /** Undefined where the service has no scalable target. */
  bounds: Bounds | undefined
  /** The groups behind its capacity providers. */
  groups: readonly string[]
  /** What an earlier pause saved. */
  saved: SavedState | undefined
}

/** A cluster as it was found. */
export type ClusterState = {
  cluster: string
  /** The services that are asked for. */
  services: readonly ServiceState[]
  /** The groups of all of them, by name. */
  groups: ReadonlyMap<string, Group>
  /** Groups that other services of the cluster, with tasks, are placed on: they stay. */
  sharedGroups: ReadonlyMap<string, string>
}

/** Describes services of a cluster; without names, all of them. */
export async function describeCluster(
  cluster: string,
  names: readonly string[],
  aws: Connections,
): Promise<ClusterState> {
  const existing = await aws.ecs.listServices(cluster)
  if (!existing) throw new UserError(`cluster: no cluster "${cluster}" in ${aws.region} of ${aws.account}`)
  for (const name of names) if (!existing.includes(name)) throw unknownService(name, cluster, existing)
  const all = await aws.ecs.describeServices(cluster, existing)
  const providers = [...new Set(all.flatMap(({ capacityProviders }) => capacityProviders))]
  const groupOf = await aws.ecs.describeGroups(providers)
  const withGroups = all.map((service) => ({
    ...service,
    groups: service.capacityProviders.flatMap((provider) => groupOf.get(provider) ?? []),
  }))
  const chosen = withGroups.filter(({ name }) => names.length === 0 || names.includes(name))
  const others = withGroups.filter((service) => !chosen.includes(service) && service.desired > 0)
  const groups = await aws.groups.describe([...new Set(chosen.flatMap((service) => service.groups))])
  const bounds = await aws.scalableTargets.describe(
    cluster,
    chosen.map(({ name }) => name),
  )
  const services = await mapConcurrently(
    chosen,
    { concurrency: statesAtATime },
    async (service): Promise<ServiceState> => ({
      ...service,
      bounds: bounds.get(service.name),
      saved: await aws.savedStates.read(cluster, service.name),
    }),
  )
  return {
    cluster,
    services,
    groups: new Map(groups.map((group) => [group.name, group])),
    sharedGroups: new Map(others.flatMap((service) => service.groups.map((group) => [group, service.name]))),
  }
}

const statesAtATime = 8

function unknownService(name: string, cluster: string, existing: readonly string[]): UserError {
  const hint = nearest(name, existing)
  return new UserError(
    `services: no service "${name}" in ${cluster}${hint ? `; did you mean "${hint}"` : ''}; there are ${existing.join(', ') || 'none'}`,
  )
}
