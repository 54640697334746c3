import type { Group } from '../../../lib/aws/autoscaling.ts'
import type { EcsService } from '../../../lib/aws/ecs.ts'
import type { EcsTask } from '../../../lib/aws/ecs-tasks.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import { messageOf, UserError } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { didYouMean } from '../../../lib/nearest.ts'
import { listFirst } from '../../../lib/quote.ts'
import type { FoundState } from '../../../lib/service/pause-state/states.ts'
import type { Connections } from '../context.ts'
import { type ClusterState, type ServiceState, savedOf } from './state.ts'
import {
  attributeTasks,
  countStopping,
  type Instances,
  listInstances,
  placeTasks,
  type Usage,
} from './usage.ts'

const callsAtATime = 8

/** Describes services of a cluster, and its groups; without names, all services. */
export async function describeCluster(
  cluster: string,
  names: readonly string[],
  aws: Connections,
): Promise<ClusterState> {
  const providers = await aws.ecs.listProviders(cluster)
  if (!providers) throw new UserError(`cluster: no cluster "${cluster}" in ${aws.region} of ${aws.account}`)
  const isWhole = names.length === 0
  const wanted = isWhole ? await aws.ecs.listServices(cluster) : names
  const described = await aws.ecs.describeServices(cluster, wanted)
  const missing = wanted.filter((name) => !described.some((service) => service.name === name))
  if (!isWhole && described.length === 0) throw await explainMissing(missing, cluster, aws)
  const places = await describePlaces(cluster, providers, described, aws)
  const services = await describeServices(cluster, described, places, aws)
  const groups = await nameGroups(services, places, aws)
  return {
    ...{ cluster, region: aws.region, isWhole, services, missing: isWhole ? [] : missing },
    ungrouped: places.ungrouped,
    groups: new Map(
      groups.map((group) => [
        group.name,
        {
          ...group,
          users: places.usage.users.get(group.name) ?? [],
          stopping: places.usage.stopping.get(group.name) ?? 0,
          unregistered: group.instances.flatMap(({ id, lifecycle }) =>
            lifecycle === 'InService' && !places.registered.has(id) ? [id] : [],
          ),
        },
      ]),
    ),
  }
}

type Places = {
  groupOfProvider: ReadonlyMap<string, string>
  groups: readonly Group[]
  /** Ids of the instances of groups that have registered with the cluster. */
  registered: ReadonlySet<string>
  ungrouped: Instances['ungrouped']
  usage: Usage
}

async function describePlaces(
  cluster: string,
  providers: readonly string[],
  services: readonly EcsService[],
  aws: Connections,
): Promise<Places> {
  const all = new Set([...providers, ...services.flatMap(({ capacityProviders }) => capacityProviders)])
  const groupOfProvider = await aws.ecs.describeGroups([...all])
  const instances = await listInstances(cluster, aws)
  const names = new Set([...groupOfProvider.values(), ...instances.groupOf.values()])
  const groups = (await aws.groups.describe([...names])).map((group) => completeTypes(group, instances))
  const isUsed = groups.some(({ desired, instances: { length } }) => desired + length > 0)
  const usage = await describeUsage(cluster, isUsed, { services, instances, groupOfProvider }, aws)
  const registered = new Set(instances.groupOf.keys())
  return { groupOfProvider, groups, registered, ungrouped: instances.ungrouped, usage }
}

// A group made by a mixed policy may not tell the type of an instance, which has registered with it.
const completeTypes = (group: Group, { instances }: Instances): Group => ({
  ...group,
  instances: group.instances.map((each) => ({
    ...each,
    type: each.type || (instances.find(({ id }) => id === each.id)?.type ?? ''),
  })),
})

type Known = {
  services: readonly EcsService[]
  instances: Instances
  groupOfProvider: ReadonlyMap<string, string>
}

async function describeUsage(
  cluster: string,
  isUsed: boolean,
  { services, instances, groupOfProvider }: Known,
  aws: Connections,
): Promise<Usage> {
  const tasks = isUsed ? await aws.ecs.listTasks(cluster) : []
  const places = placeTasks(tasks, instances, groupOfProvider)
  const others = findNeighbours(services, places, groupOfProvider)
  const described = others.length === 0 ? [] : await aws.ecs.describeServices(cluster, others)
  const daemons = [...services, ...described].flatMap(({ name, isDaemon }) => (isDaemon ? [name] : []))
  return { ...attributeTasks(places, new Set(daemons)), stopping: countStopping(tasks, instances) }
}

/** Names other services on the groups of these: only of them it matters whether they are daemons. */
function findNeighbours(
  services: readonly EcsService[],
  places: ReadonlyMap<EcsTask, string>,
  groupOfProvider: ReadonlyMap<string, string>,
): string[] {
  const names = new Set(services.map(({ name }) => name))
  const own = new Set<string>()
  for (const [{ service }, group] of places) if (service !== undefined && names.has(service)) own.add(group)
  for (const { capacityProviders } of services)
    for (const group of capacityProviders.flatMap((name) => groupOfProvider.get(name) ?? [])) own.add(group)
  // A paused service without a provider tells only by what was saved which groups it has.
  const isOpen = services.some(({ capacityProviders }) => !capacityProviders.some(hasPlace(groupOfProvider)))
  const others = [...places].flatMap(([{ service }, group]) =>
    service === undefined || names.has(service) || !(isOpen || own.has(group)) ? [] : [service],
  )
  return [...new Set(others)]
}

const hasPlace = (groupOfProvider: ReadonlyMap<string, string>) => (provider: string) =>
  groupOfProvider.has(provider) || provider.startsWith('FARGATE')

async function describeServices(
  cluster: string,
  services: readonly EcsService[],
  { groupOfProvider, usage }: Places,
  aws: Connections,
): Promise<ServiceState[]> {
  const names = services.map(({ name }) => name)
  const bounds = await aws.scalableTargets.describe(cluster, names)
  return await mapConcurrently(services, { concurrency: callsAtATime }, async (service) => {
    const found = service.isDaemon
      ? ({ kind: 'absent' } as const)
      : await readState(cluster, service.name, aws)
    const providerGroups = [
      ...new Set(service.capacityProviders.flatMap((name) => groupOfProvider.get(name) ?? [])),
    ]
    const saved =
      providerGroups.length === 0 ? (savedOf({ found })?.groups ?? []).map(({ name }) => name) : []
    return {
      ...service,
      bounds: bounds.get(service.name),
      providerGroups,
      groups: [...new Set([...providerGroups, ...(usage.placed.get(service.name) ?? []), ...saved])],
      healthy: await countHealthy(service, found, aws),
      found,
    }
  })
}

// Each state is by itself: one that may not be read holds no other service back.
async function readState(cluster: string, service: string, aws: Connections): Promise<FoundState> {
  try {
    return await aws.pauseStates.read(cluster, service)
  } catch (error) {
    if (!isDenied(error)) throw error
    return { kind: 'damaged', cause: messageOf(error) }
  }
}

// Only a service that comes back is waited for.
async function countHealthy(
  { desired, running, targetGroups }: EcsService,
  found: FoundState,
  aws: Connections,
): Promise<number | undefined> {
  if (savedOf({ found }) === undefined || desired === 0 || running < desired) return undefined
  const groups = await Promise.all(targetGroups.map((group) => aws.targets.describe(group)))
  const counts = groups.map((targets) => targets.filter(({ state }) => state === 'healthy').length)
  return counts.length === 0 ? undefined : Math.min(...counts)
}

// What a pause has taken may be behind no provider any more.
async function nameGroups(
  services: readonly ServiceState[],
  { groups }: Places,
  aws: Connections,
): Promise<readonly Group[]> {
  const known = new Set(groups.map(({ name }) => name))
  const saved = services.flatMap((service) => savedOf(service)?.groups ?? []).map(({ name }) => name)
  const more = [...new Set(saved)].filter((name) => !known.has(name))
  return more.length === 0 ? groups : [...groups, ...(await aws.groups.describe(more))]
}

async function explainMissing(
  [name = '']: readonly string[],
  cluster: string,
  aws: Connections,
): Promise<UserError> {
  const existing = await aws.ecs.listServices(cluster)
  return new UserError(
    `services: no service "${name}" in ${cluster}${didYouMean(name, existing)}; there are ${listFirst(existing) || 'none'}`,
  )
}
