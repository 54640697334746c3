import type { FakeCluster, FakeGroup, FakeService } from './state.ts'

/** How many looks (describes of services, groups or targets) pass before a change is there. */
export type Lag = { tasks: number; instances: number; targets: number }

/** Tasks that are asked for and do not run yet. */
export const pendingOf = ({ desired, running }: FakeService) => Math.max(0, desired - running)

/** Lets the time of one look pass. `ages` counts, by thing, the looks since it began to change. */
export function moveOn(cluster: FakeCluster, ages: Map<string, number>, lag: Lag): void {
  const follow = (thing: string, isMoving: boolean, looks: number, arrive: () => void) => {
    const age = isMoving ? (ages.get(thing) ?? 0) + 1 : 0
    const arrives = age > looks
    ages.set(thing, arrives ? 0 : age)
    if (arrives) arrive()
  }
  for (const [name, group] of cluster.groups) {
    follow(`group ${name}`, group.instances !== goalOf(group), lag.instances, () => {
      group.instances = goalOf(group)
      if (group.instances === 0) killTasks(cluster, name)
    })
  }
  for (const [name, service] of cluster.services) {
    const isMoving =
      service.running > service.desired || (pendingOf(service) > 0 && hasRoom(service, cluster))
    follow(`tasks ${name}`, isMoving, lag.tasks, () => {
      service.running = service.desired
      service.healthy = Math.min(service.healthy, service.running)
    })
    follow(`targets ${name}`, service.healthy < service.running, lag.targets, () => {
      service.healthy = service.running
    })
  }
}

const goalOf = ({ desired, instances, isProtected }: FakeGroup) =>
  isProtected ? Math.max(desired, instances) : desired

const hasRoom = ({ groups }: FakeService, cluster: FakeCluster) =>
  groups.length === 0 || groups.some((name) => (cluster.groups.get(name)?.instances ?? 0) > 0)

function killTasks(cluster: FakeCluster, name: string): void {
  const group = cluster.groups.get(name)
  cluster.killed += group?.jobs ?? 0
  if (group?.jobs) group.jobs = 0
  for (const service of cluster.services.values()) {
    if (!service.groups.includes(name) || service.isDaemon) continue
    cluster.killed += service.running
    service.running = 0
    service.healthy = 0
  }
}
