import type { ContainerInstance, EcsTask } from '../../../lib/aws/ecs-tasks.ts'
import type { FakeCluster } from './state.ts'
import { pendingOf } from './time.ts'

/** The instances of a group that are there. */
export const instancesOf = (cluster: FakeCluster, group: string): string[] =>
  Array.from({ length: cluster.groups.get(group)?.instances ?? 0 }, (_, at) => `${group}-${at}`)

/** Lists the tasks of the fake: they run on the first of their groups that has an instance, or wait for one. */
export function listTasks(cluster: FakeCluster): EcsTask[] {
  const jobs = [...cluster.groups].flatMap(([group, { jobs: count = 0 }]) =>
    Array.from({ length: count }, (_, at) => place(cluster, undefined, at, [group])),
  )
  const tasks = [...cluster.services].flatMap(([name, service]) => {
    const count = service.running + pendingOf(service)
    // A task that stops is not listed any more.
    const living = Math.min(count, service.desired)
    return Array.from({ length: living }, (_, at) =>
      at < service.running
        ? place(cluster, name, at, service.groups)
        : { ...place(cluster, name, at, service.groups), instance: undefined },
    )
  })
  return [...jobs, ...tasks]
}

function place(
  cluster: FakeCluster,
  service: string | undefined,
  at: number,
  groups: readonly string[],
): EcsTask {
  const group = groups.find((name) => instancesOf(cluster, name).length > 0) ?? groups[0]
  const instances = group === undefined ? [] : instancesOf(cluster, group)
  return {
    id: `${service ?? 'job'}-${at}`,
    service,
    family: service ?? 'job',
    instance: instances[at % Math.max(1, instances.length)],
    capacityProvider: group,
  }
}

/** Lists the instances of the fake, with the tasks on each, also those that stop. */
export function listInstances(cluster: FakeCluster): ContainerInstance[] {
  const counts = new Map<string, number>()
  const add = (instance: string | undefined) =>
    instance !== undefined && counts.set(instance, (counts.get(instance) ?? 0) + 1)
  for (const [group, { jobs = 0 }] of cluster.groups)
    for (let at = 0; at < jobs; at++) add(place(cluster, undefined, at, [group]).instance)
  for (const [name, service] of cluster.services)
    for (let at = 0; at < service.running; at++) add(place(cluster, name, at, service.groups).instance)
  const grouped = [...cluster.groups.keys()].flatMap((group) => instancesOf(cluster, group))
  return [...grouped, ...(cluster.ungrouped ?? [])].map((id) => ({
    ...{ arn: id, id, type: 'g4dn.xlarge', tasks: counts.get(id) ?? 0 },
    isConnected: !cluster.disconnected?.includes(id),
  }))
}
