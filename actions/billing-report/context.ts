import type { ActionContext } from '../../lib/action.ts'
import type { Athena } from '../../lib/aws/athena.ts'
import type { Tables } from '../../lib/aws/glue.ts'
import type { Objects } from '../../lib/aws/s3-objects.ts'

/** The services that a bill is made with. */
export type Connections = { athena: Athena; tables: Tables; objects: Objects }

/** What the run needs besides the context of every action. */
export type BillingContext = ActionContext & {
  /** Writes files into a folder, which it creates if necessary, and returns their paths. */
  writeFiles(folder: string, files: ReadonlyMap<string, string>): string[]
  connect(): Connections
  /** Uploads files as an artifact. Undefined if the runner provides no token for it. */
  upload: ((name: string, files: readonly string[], folder: string) => Promise<void>) | undefined
}
