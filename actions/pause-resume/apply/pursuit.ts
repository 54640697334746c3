import type { Log } from '../../../lib/log.ts'
import type { Actor } from '../../../lib/service/pause-state/turn.ts'
import type { Clock } from '../../../lib/wait.ts'
import type { OnConflict } from '../calendar/decide.ts'
import type { Connections, PauseContext } from '../context.ts'
import type { ClusterState, ServiceState } from '../observe/state.ts'
import type { Plan } from '../plan/plan.ts'
import type { Step } from '../step.ts'

/**
 * How a wish ended for one service. `done`: reached by this run; `already`: before it; `left`: none of its business;
 * `under way`: nobody waited for the rest; `skipped`: somebody asked for the opposite later, or it is in use;
 * `kept-awake`: somebody has said until when nobody pauses it.
 */
export type ServiceOutcome = {
  kind:
    | 'done'
    | 'already'
    | 'left'
    | 'under way'
    | 'skipped'
    | 'kept-awake'
    | 'timeout'
    | 'refused'
    | 'failed'
  /** Why it is not as wished; '' where it is. */
  cause: string
}

/** A wish for a cluster, and how far it has come; it can be reported at any time. */
export type Pursuit = {
  operation: 'pause' | 'resume'
  /** What was seen last. */
  state: ClusterState
  /** When, in milliseconds since the epoch. */
  seenAt: number
  plan: Plan
  /** Group to the type of its instances, as it was at the start. */
  types: ReadonlyMap<string, string>
  /** Services whose state this run has written. */
  touched: Set<string>
  /** Step to when it was last done. */
  written: Map<string, number>
  /** Whether the ready URL has answered. */
  isReady: boolean
  /** Steps that are done, each added as soon as it is. */
  done: Step[]
  outcomes: Map<string, ServiceOutcome>
  /** Service to what it waits for. */
  waiting: Map<string, string>
}

/** What a wish is pursued with. */
export type PursuitContext = {
  aws: Connections
  actor: Actor
  ask: PauseContext['ask']
  log: Log
  clock: Clock
  signal: AbortSignal
  /** Milliseconds since the epoch. */
  deadline: number
  services: readonly string[]
  /** Is called after each look. */
  onLook(pursuit: Pursuit): Promise<void>
  /** Says why nobody may pause a service now; undefined where that is free. */
  explainAwake(service: ServiceState): string | undefined
  /** Whether a wish is noted also of services that stand so already. */
  isNoted: boolean
  wait: boolean
  readyUrl: string | undefined
  onConflict: OnConflict
}
