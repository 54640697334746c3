import type { Group } from '../../../lib/aws/autoscaling.ts'
import type { EcsService } from '../../../lib/aws/ecs.ts'
import type { ContainerInstance } from '../../../lib/aws/ecs-tasks.ts'
import type { Bounds, PauseState, Saved } from '../../../lib/service/pause-state/state.ts'
import type { FoundState } from '../../../lib/service/pause-state/states.ts'

/** One service as it was found. */
export type ServiceState = EcsService & {
  /** Undefined where the service has no scalable target. */
  bounds: Bounds | undefined
  /** The groups behind its capacity providers. */
  providerGroups: readonly string[]
  /** All groups that it has something to do with: by its providers, by its tasks, and, while it is paused, as saved. */
  groups: readonly string[]
  /** Healthy targets in the target group that has fewest; undefined where none was asked for. */
  healthy: number | undefined
  found: FoundState
}

/** Who has a task on a group; `service` is undefined where no service has started it. */
export type GroupUser = { service: string | undefined; label: string }

/** An Auto Scaling group, and the tasks on its instances; those of daemons do not count. */
export type GroupState = Group & {
  users: readonly GroupUser[]
  /** Tasks that stop, of whomever. */
  stopping: number
  /** Ids of instances in service that have not registered with the cluster: what runs on them cannot be seen. */
  unregistered: readonly string[]
}

/** A cluster as it was found. */
export type ClusterState = {
  cluster: string
  region: string
  /** Whether all services were asked for. */
  isWhole: boolean
  /** The services that are asked for. */
  services: readonly ServiceState[]
  /** Names that were asked for, and which no service has. */
  missing: readonly string[]
  /** The groups of the cluster, and those of the services, by name. */
  groups: ReadonlyMap<string, GroupState>
  /** Instances of the cluster that no group has: nobody but who started them can end them. */
  ungrouped: readonly ContainerInstance[]
}

/** Returns the state that is kept of a service; undefined where there is none, or a damaged one. */
export const stateOf = ({ found }: Pick<ServiceState, 'found'>): PauseState | undefined =>
  found.kind === 'found' ? found.state : undefined

/** Returns what a pause has taken of a service, and nobody has brought back. */
export const savedOf = (service: Pick<ServiceState, 'found'>): Saved | undefined => stateOf(service)?.saved
