import type { ActionContext } from '../../lib/action.ts'
import type { ScalableTargets } from '../../lib/aws/application-autoscaling.ts'
import type { Groups } from '../../lib/aws/autoscaling.ts'
import type { Deployments } from '../../lib/aws/deployments.ts'
import type { Ecs } from '../../lib/aws/ecs.ts'
import type { ServiceEvidenceReader } from '../../lib/aws/evidence/service.ts'
import type { GroupSchedules } from '../../lib/aws/group-schedules.ts'
import type { LaunchFailures } from '../../lib/aws/launch-failures.ts'
import type { PausedAnswers } from '../../lib/aws/paused-answers.ts'
import type { RequestCounts } from '../../lib/aws/request-count.ts'
import type { ScalingActivities } from '../../lib/aws/scaling-activities.ts'
import type { ServiceFinder } from '../../lib/aws/service-finder.ts'
import type { TargetHealthReader } from '../../lib/aws/target-health.ts'
import type { TaskProtection } from '../../lib/aws/task-protection.ts'
import type { TaskTimesReader } from '../../lib/aws/task-times.ts'
import type { Ledger } from '../../lib/aws/toolkit/ledger.ts'
import type { ObjectNames } from '../../lib/aws/toolkit/object-names.ts'
import type { PauseStates } from '../../lib/service/pause-state/states.ts'

/** The account that is worked on, and its services. */
export type Connections = {
  account: string
  region: string
  ecs: Ecs
  scalableTargets: ScalableTargets
  groups: Groups
  targets: TargetHealthReader
  pauseStates: PauseStates
} & Company

/** What only some operations need of the account. */
export type Company = {
  finder: ServiceFinder
  ledger: Ledger
  objectNames: ObjectNames
  activities: ScalingActivities
  groupSchedules: GroupSchedules
  launchFailures: LaunchFailures
  pausedAnswers: PausedAnswers
  requestCounts: RequestCounts
  serviceEvidence: ServiceEvidenceReader
  taskProtection: TaskProtection
  deployments: Deployments
  taskTimes: TaskTimesReader
}

/** What the run needs besides the context of every action. */
export type PauseContext = ActionContext & {
  connect(prefix: string): Promise<Connections>
  /** Requests a URL and returns the status of the answer; 0 if there is none. */
  ask(url: string): Promise<number>
}
