import type { ActionContext } from '../../lib/action.ts'
import type { ScalableTargets } from '../../lib/aws/application-autoscaling.ts'
import type { Groups } from '../../lib/aws/autoscaling.ts'
import type { Ecs } from '../../lib/aws/ecs.ts'
import type { TargetHealthReader } from '../../lib/aws/target-health.ts'
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
}

/** What the run needs besides the context of every action. */
export type PauseContext = ActionContext & {
  connect(prefix: string): Promise<Connections>
  /** Requests a URL and returns the status of the answer; 0 if there is none. */
  ask(url: string): Promise<number>
}
