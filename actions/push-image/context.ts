import type { ActionContext } from '../../lib/action.ts'
import type { ByteSource } from '../../lib/archive/byte-source.ts'
import type { Ecr } from '../../lib/aws/ecr.ts'
import type { ToolkitHints } from '../../lib/aws/toolkit/hints.ts'

/** What the run needs besides the context of every action. */
export type PushContext = ActionContext & {
  /** The program of the threads that compress. */
  workerPath: string
  /** ECR of this account, or of another one. */
  connectEcr(registryId: string | undefined): Promise<Ecr>
  /** An object at `s3://BUCKET/KEY`. */
  openObject(location: string): Promise<ByteSource>
  /** The bucket of the toolkit with this prefix. */
  openHints(prefix: string): Promise<ToolkitHints>
}
