import type { ActionContext } from '../../lib/action.ts'
import type { Ecr } from '../../lib/aws/ecr.ts'
import type { ByteSource } from '../../lib/registry/byte-source.ts'
import type { Clock } from '../../lib/wait.ts'

/** What the run needs besides the context of every action. */
export type PushContext = ActionContext & {
  clock: Clock
  connect(): Ecr
  /** Opens an object in S3 as the archive's source. */
  openObject(location: string): Promise<ByteSource>
}

/** The same, once AWS is needed. */
export type ConnectedContext = PushContext & { ecr: Ecr }
