import type { ActionContext } from '../../lib/action.ts'
import type { Athena } from '../../lib/aws/athena.ts'
import type { Metrics } from '../../lib/aws/cloudwatch.ts'
import type { DeliveryStreams } from '../../lib/aws/firehose.ts'
import type { Tables } from '../../lib/aws/glue.ts'
import type { Partitions } from '../../lib/aws/glue-partitions.ts'
import type { PublishedFiles } from '../../lib/aws/published-files.ts'
import type { Objects } from '../../lib/aws/s3-objects.ts'
import type { Subscriptions } from '../../lib/aws/subscriptions.ts'
import type { ClosedBills } from '../../lib/aws/toolkit/closed-bills.ts'
import type { Ledger } from '../../lib/aws/toolkit/ledger.ts'
import type { StoredLock } from '../../lib/service/held-lock.ts'

/** The services that a bill is made with. */
export type Connections = {
  athena: Athena
  tables: Tables
  partitions: Partitions
  objects: Objects
  metrics: Metrics
  streams: DeliveryStreams
  subscriptions: Subscriptions
  closedBills: ClosedBills
  published: PublishedFiles
  /** Of all that writes roll-ups, bills and closed months. */
  lock: StoredLock
  /** Pauses of services. */
  ledger: Pick<Ledger, 'read'>
  /** Region of the service, for the prices of its instances. */
  region: string
}

/** A folder whose files appear all at once; names are relative to it, parts divided by `/`. */
export type OutputFolder = {
  /** Adds text to the end of a file, which begins with the first piece. */
  append(name: string, text: string): void
  /** Writes a whole file. */
  write(name: string, text: string): void
  /**
   * Puts all files in place, instead of what has their names and of all whose names begin with `replaced`, which names a
   * folder and how names in it begin; returns their paths.
   */
  publish(replaced: string): string[]
  /** Removes what is not published; does nothing afterwards. */
  discard(): void
}

/** What the run needs besides the context of every action. */
export type BillingContext = ActionContext & {
  /** Opens the folder of the bill's files, and creates it if necessary. */
  openFolder(path: string): OutputFolder
  /** Connects to the account; the prefix names the toolkit's bucket. Every call ends soon after the run's deadline. */
  connect(prefix: string, deadline: number): Connections
  /** Uploads files as an artifact. Undefined if the runner provides no token for it. */
  upload:
    | ((
        name: string,
        files: readonly string[],
        folder: string,
        retentionDays: number | undefined,
      ) => Promise<void>)
    | undefined
}

/** What all that a run does shares. */
export type RunContext = BillingContext & {
  /** When every wait ends, in milliseconds since the epoch. */
  deadline: number
}
