import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetWorkGroupCommand,
  type QueryExecutionStatus,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { UserError } from '../errors.ts'
import { type Clock, waitUntil } from '../wait.ts'
import { type AwsConfig, forCleanUp, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { isTransientAwsError } from './transient-error.ts'

/** A finished query execution. */
type QueryResult = {
  id: string
  /** `s3://BUCKET/KEY` of the result. */
  outputLocation: string
  scannedBytes: number
}

/** What to run, and where. */
export type Query = {
  sql: string
  /** Values of the `?`; texts bring their own quotes. */
  parameters: readonly string[]
  database: string
  workgroup: string
  /** Equal for retries of this call only: otherwise AWS returns an old result. 32 to 120 characters. */
  token: string
  /** Is told at each look how many bytes the execution has scanned; where it throws, that is stopped. */
  watch?: (id: string, scannedBytes: number) => void
}

/** A workgroup: whether it answers, and whether it enforces its own result location. */
export type Workgroup = {
  name: string
  enabled: boolean
  enforced: boolean
  outputLocation: string | undefined
}

/** The calls to Athena that a bill needs. */
export type Athena = {
  describeWorkgroup(name: string): Promise<Workgroup | undefined>
  /** Runs a query until it is done. Throws with Athena's own reason where it failed; stops it at a cancel. */
  run(
    query: Query,
    waiting: { clock: Clock; signal: AbortSignal; timeoutSeconds: number },
  ): Promise<QueryResult>
}

// Without a cancel too: the error that ended the query waits for the stop.
const stopLimits = { tryMs: 3_000, callMs: 3_000 }

/** A query that failed for a reason of Athena's own; the same query can succeed. */
class RetryableQueryError extends Error {}

const mostRuns = 3

/** Creates the adapter to Athena. */
export function makeAthena(config: AwsConfig): Athena {
  const client = makeClient(AthenaClient, config)
  const cleaning = makeClient(AthenaClient, { ...forCleanUp(config), limits: stopLimits })
  return {
    describeWorkgroup: async (name) => await describeWorkgroup(client, name),
    run: async (query, waiting) => {
      const end = waiting.clock.now() + waiting.timeoutSeconds * 1000
      for (let run = 1; ; run++) {
        // Another token: the earlier one would give the run that failed.
        const again = run === 1 ? query : { ...query, token: `${query.token}-again${run}` }
        const timeoutSeconds = Math.max(0, end - waiting.clock.now()) / 1000
        try {
          return await runOnce(client, cleaning, again, { ...waiting, timeoutSeconds })
        } catch (error) {
          if (!(error instanceof RetryableQueryError) || run >= mostRuns) throw error
          await waiting.clock.sleep(1000 * 2 ** run, waiting.signal)
        }
      }
    },
  }
}

type QueryWait = Parameters<Athena['run']>[1]

async function runOnce(
  client: AthenaClient,
  cleaning: AthenaClient,
  query: Query,
  waiting: QueryWait,
): Promise<QueryResult> {
  const times = { ...waiting, delaySeconds: 0.1, maxDelaySeconds: 5, isTransient: isTransientAwsError }
  const end = waiting.clock.now() + waiting.timeoutSeconds * 1000
  // A full queue is answered like throttling, and empties as other queries end.
  const id = await waitUntil(async () => await start(client, query), {
    ...times,
    what: `athena StartQueryExecution: a place in the queue of workgroup ${query.workgroup}`,
  })
  try {
    const look = async () => await describeEnd(client, id, query)
    const timeoutSeconds = Math.max(0, end - waiting.clock.now()) / 1000
    return await waitUntil(look, { ...times, what: `query execution ${id}`, timeoutSeconds })
  } catch (error) {
    // A query that continues would be billed for nothing.
    if (!(error instanceof RetryableQueryError))
      await cleaning.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined)
    throw error
  }
}

async function describeWorkgroup(client: AthenaClient, name: string): Promise<Workgroup | undefined> {
  try {
    const { WorkGroup } = await client.send(new GetWorkGroupCommand({ WorkGroup: name }))
    const { Configuration, State } = WorkGroup ?? {}
    return {
      name,
      enabled: State === undefined || State === 'ENABLED',
      enforced: Configuration?.EnforceWorkGroupConfiguration ?? false,
      outputLocation: Configuration?.ResultConfiguration?.OutputLocation,
    }
  } catch (error) {
    if (awsErrorName(error) === 'InvalidRequestException') return undefined
    throw error
  }
}

async function start(client: AthenaClient, query: Query): Promise<string> {
  const command = new StartQueryExecutionCommand({
    QueryString: query.sql,
    WorkGroup: query.workgroup,
    QueryExecutionContext: { Database: query.database },
    ClientRequestToken: query.token,
    // Rows may have arrived since: a bill reads them.
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
    ...(query.parameters.length > 0 ? { ExecutionParameters: [...query.parameters] } : {}),
  })
  const { QueryExecutionId } = await client.send(command)
  if (!QueryExecutionId) throw new Error('athena StartQueryExecution: expected an id, got none')
  return QueryExecutionId
}

async function describeEnd(
  client: AthenaClient,
  id: string,
  { watch }: Query,
): Promise<QueryResult | undefined> {
  const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
  const { Status, Statistics, ResultConfiguration } = QueryExecution ?? {}
  const state = Status?.State
  const scannedBytes = Statistics?.DataScannedInBytes ?? 0
  if (state === 'FAILED' || state === 'CANCELLED') throw explainEnd(id, state, Status)
  watch?.(id, scannedBytes)
  // RUNNING may go back to QUEUED: anything else is not the end.
  if (state !== 'SUCCEEDED') return undefined
  return { id, outputLocation: ResultConfiguration?.OutputLocation ?? '', scannedBytes }
}

// https://docs.aws.amazon.com/athena/latest/APIReference/API_AthenaError.html
const categories: Readonly<Record<number, string>> = {
  1: 'an error of Athena',
  2: 'an error of the query or its data',
}

function explainEnd(id: string, state: string, status: QueryExecutionStatus | undefined): Error {
  const { StateChangeReason: reason = 'no reason given', AthenaError: cause } = status ?? {}
  if (/^Access Denied|AccessDenied/i.test(reason)) return new UserError(`query execution ${id}: ${reason}`)
  const category = categories[cause?.ErrorCategory ?? 0]
  const sentence = `query execution ${id}: ${state.toLowerCase()}: ${reason}${category ? ` (${category})` : ''}`
  return state === 'FAILED' && cause?.Retryable ? new RetryableQueryError(sentence) : new Error(sentence)
}
