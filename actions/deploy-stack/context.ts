import type { ActionContext } from '../../lib/action.ts'
import type { CloudFormation } from '../../lib/aws/cloudformation.ts'
import type { StoredData } from '../../lib/aws/data-deletion.ts'
import type { ToolkitObjects } from '../../lib/aws/toolkit/assets.ts'
import type { Clock } from '../../lib/wait.ts'

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
  toolkit: ToolkitObjects
  storedData: StoredData
  ensureServiceLinkedRole(service: string): Promise<boolean>
}
