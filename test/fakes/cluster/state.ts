import type { Bounds, GroupSize } from '../../../lib/service/pause-state/state.ts'
import type { FakeObjects } from '../toolkit.ts'

/** A service of the fake, with what belongs to it. */
export type FakeService = {
  desired: number
  running: number
  /** Targets of each target group that are healthy; those of other running tasks are not yet. */
  healthy: number
  bounds?: Bounds | undefined
  groups: readonly string[]
  targetGroups: readonly string[]
  /** A launch type stands in the place of capacity providers: only its tasks tell which groups it is on. */
  hasLaunchType?: boolean
  isDaemon?: boolean
  isExternal?: boolean
  isDraining?: boolean
}

/** An Auto Scaling group of the fake. */
export type FakeGroup = GroupSize & {
  max: number
  instances: number
  /** Its instances are protected from scale-in. */
  isProtected?: boolean
  /** Tasks on it that no service has started. */
  jobs?: number
}

/** State of the fake: all that a test may look at or set. Only looks through the connections let time pass. */
export type FakeCluster = {
  services: Map<string, FakeService>
  groups: Map<string, FakeGroup>
  /** The toolkit's bucket, with the states of the services. */
  objects: FakeObjects
  /** Tasks that ran on instances when these went: a careful pause leaves it at 0. */
  killed: number
}
