import type { ActionContext, Log } from '../../lib/action.ts'
import type { CloudFormation } from '../../lib/aws/cloudformation.ts'
import type { DataDeletion } from '../../lib/aws/data-deletion.ts'
import type { ToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import type { Clock } from '../../lib/wait.ts'
import type { Inputs } from './inputs.ts'

/** What the run needs besides the context of every action. */
export type DeployContext = ActionContext & {
  clock: Clock
  /** Reads a file of the working folder as text. */
  readFile(path: string): string
  /** Gives a name that no other run uses. */
  makeId(): string
  connect(prefix: string): Promise<Connections>
}

/** The account that is deployed to, and its services. */
export type Connections = {
  account: string
  region: string
  cloudFormation: CloudFormation
  toolkit: ToolkitAssets
  dataDeletion: DataDeletion
  ensureServiceLinkedRole(service: string): Promise<boolean>
}

/** What the work on stacks needs: the API, time until the end of all waits, and the signal of a cancel. */
export type ApplyContext = {
  cloudFormation: CloudFormation
  log: Log
  clock: Clock
  signal: AbortSignal
  /** When all waits end, in milliseconds since the epoch. */
  deadline: number
}

/** What the work on each stack of a run shares. */
export type StackContext = ApplyContext & { connections: Connections; inputs: Inputs; changeSetName: string }
