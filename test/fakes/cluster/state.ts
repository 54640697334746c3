import type { GroupSchedule } from '../../../lib/aws/group-schedules.ts'
import type { PausedAnswer } from '../../../lib/aws/paused-answers.ts'
import type { ScalingActivity } from '../../../lib/aws/scaling-activities.ts'
import type { TaskTimes } from '../../../lib/aws/task-times.ts'
import type { ServiceEvidence } from '../../../lib/service/diagnosis/evidence.ts'
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
  around?: FakeAround
  /** Ids of instances that have registered, and that no group has. */
  ungrouped?: readonly string[]
  /** Of these, those whose agent does not answer. */
  disconnected?: readonly string[]
}

/** What is around the services of the fake. */
export type FakeAround = {
  /** The rules that answer in place of paused services. */
  answers?: PausedAnswer[]
  /** Requests of late to any service. */
  requests?: number
  protectedTasks?: readonly string[]
  /** Services that are being deployed, and how many looks it still takes. */
  deploying?: Map<string, number>
  /** Service to when its tasks got on. */
  taskTimes?: Map<string, TaskTimes[]>
  activities?: readonly ScalingActivity[]
  /** Group to why its instances do not start. */
  launchFailures?: Map<string, string[]>
  schedules?: readonly GroupSchedule[]
  /** Service to what AWS tells of why it does not run. */
  evidence?: Map<string, ServiceEvidence>
}
