import type { ContainerInstance, EcsTask } from '../../../lib/aws/ecs-tasks.ts'
import type { Connections } from '../context.ts'
import type { GroupUser } from './state.ts'

/** Who uses the groups of a cluster. */
export type Usage = {
  /** Group to its users. */
  users: ReadonlyMap<string, readonly GroupUser[]>
  /** Group to the tasks that stop on its instances. */
  stopping: ReadonlyMap<string, number>
  /** Service to the groups that its tasks are on. */
  placed: ReadonlyMap<string, ReadonlySet<string>>
}

/** The instances of a cluster: those of a group, with the group of each, and those of none. */
export type Instances = {
  instances: readonly ContainerInstance[]
  groupOf: ReadonlyMap<string, string>
  ungrouped: readonly ContainerInstance[]
}

/** Lists the instances that have registered with a cluster. */
export async function listInstances(cluster: string, aws: Connections): Promise<Instances> {
  const found = await aws.ecs.listInstances(cluster)
  const groupOf = await aws.groups.ofInstances(found.map(({ id }) => id))
  return {
    instances: found.filter(({ id }) => groupOf.has(id)),
    groupOf,
    ungrouped: found.filter(({ id }) => !groupOf.has(id)),
  }
}

/** Finds the group that each task is on, or waits for; a task of no group is left out. */
export function placeTasks(
  tasks: readonly EcsTask[],
  { instances, groupOf }: Pick<Instances, 'instances' | 'groupOf'>,
  groupOfProvider: ReadonlyMap<string, string>,
): Map<EcsTask, string> {
  const groupOfArn = new Map(instances.map(({ arn, id }) => [arn, groupOf.get(id)]))
  const places = new Map<EcsTask, string>()
  for (const task of tasks) {
    const { instance, capacityProvider = '' } = task
    const group = instance === undefined ? groupOfProvider.get(capacityProvider) : groupOfArn.get(instance)
    if (group !== undefined) places.set(task, group)
  }
  return places
}

/** Attributes tasks to groups; `daemons` are services that have a task on each instance. */
export function attributeTasks(
  places: ReadonlyMap<EcsTask, string>,
  daemons: ReadonlySet<string>,
): Pick<Usage, 'users' | 'placed'> {
  const users = new Map<string, GroupUser[]>()
  const placed = new Map<string, Set<string>>()
  for (const [{ service, family }, group] of places) {
    if (service !== undefined && daemons.has(service)) continue
    const user = { service, label: service ?? `a task of ${family}` }
    users.set(group, [...(users.get(group) ?? []), user])
    if (service !== undefined) placed.set(service, (placed.get(service) ?? new Set()).add(group))
  }
  return { users, placed }
}

/** Counts the tasks that stop on each group: they are not listed any more, but an instance still counts them. */
export function countStopping(
  tasks: readonly EcsTask[],
  { instances, groupOf }: Pick<Instances, 'instances' | 'groupOf'>,
): Map<string, number> {
  const listed = new Map<string, number>()
  for (const { instance = '' } of tasks) listed.set(instance, (listed.get(instance) ?? 0) + 1)
  const stopping = new Map<string, number>()
  for (const { arn, id, tasks: counted } of instances) {
    const group = groupOf.get(id) ?? ''
    stopping.set(group, (stopping.get(group) ?? 0) + Math.max(0, counted - (listed.get(arn) ?? 0)))
  }
  return stopping
}
