/** What a run has done so far; whoever does it writes it down. */
export type BillingRecord = {
  /** Queries by what they are for; one that failed, or is given up, is told to stop. */
  queries: Map<string, { id: string; scannedBytes: number } | 'running' | 'stopped'>
  /** Files that were written. */
  files: readonly string[]
  /** What is still to be done with them. */
  left: readonly string[]
}

/** Starts a record: nothing is done yet. */
export const startRecord = (): BillingRecord => ({
  queries: new Map(),
  files: [],
  left: ['nothing is published'],
})
