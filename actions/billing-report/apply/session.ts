import type { Connections, RunContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { Query } from './query.ts'
import type { BillingRecord } from './record.ts'

/** What all steps of one run share. */
export type Session = {
  inputs: Inputs
  context: RunContext
  aws: Connections
  /** Of the access log's table. */
  location: string
  bucket: string
  runId: string
  record: BillingRecord
  query: Query
  /** Tables of roll-ups that are to be removed at the end. */
  staged: Set<string>
}
