import type { FakeCluster, FakeService } from './state.ts'

/** How many looks (describes of services, groups or targets) pass before a change is there; `stale`: is shown. */
export type Lag = { tasks: number; instances: number; targets: number; stale: number }

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
    follow(`group ${name}`, group.instances !== group.desired, lag.instances, () => {
      group.instances = group.desired
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

const hasRoom = ({ groups }: FakeService, cluster: FakeCluster) =>
  groups.length === 0 || groups.some((name) => (cluster.groups.get(name)?.instances ?? 0) > 0)

function killTasks(cluster: FakeCluster, group: string): void {
  for (const service of cluster.services.values()) {
    if (!service.groups.includes(group)) continue
    cluster.killed += service.running
    service.running = 0
    service.healthy = 0
  }
}
