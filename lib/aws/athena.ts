import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetWorkGroupCommand,
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
  /** Equal for retries of this call only: otherwise AWS returns an old result. 32 to 128 characters. */
  token: string
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

/** Creates the adapter to Athena. */
export function makeAthena(config: AwsConfig): Athena {
  const client = makeClient(AthenaClient, config)
  const cleaning = makeClient(AthenaClient, { ...forCleanUp(config), limits: stopLimits })
  return {
    describeWorkgroup: async (name) => await describeWorkgroup(client, name),
    run: async (query, { clock, signal, timeoutSeconds }) => {
      const id = await start(client, query)
      const look = async () => await describeEnd(client, id)
      try {
        const what = `query execution ${id}`
        return await waitUntil(look, {
          what,
          clock,
          signal,
          timeoutSeconds,
          delaySeconds: 0.1,
          maxDelaySeconds: 5,
          isTransient: isTransientAwsError,
        })
      } catch (error) {
        // A query that continues would be billed for nothing.
        await cleaning.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined)
        throw error
      }
    },
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
    ...(query.parameters.length > 0 ? { ExecutionParameters: [...query.parameters] } : {}),
  })
  const { QueryExecutionId } = await client.send(command)
  if (!QueryExecutionId) throw new Error('athena StartQueryExecution: expected an id, got none')
  return QueryExecutionId
}

async function describeEnd(client: AthenaClient, id: string): Promise<QueryResult | undefined> {
  const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
  const { Status, Statistics, ResultConfiguration } = QueryExecution ?? {}
  const state = Status?.State
  if (state === 'FAILED' || state === 'CANCELLED') {
    const reason = Status?.StateChangeReason ?? 'no reason given'
    if (/^Access Denied|AccessDenied/i.test(reason)) throw new UserError(`query execution ${id}: ${reason}`)
    throw new Error(`query execution ${id}: ${state.toLowerCase()}: ${reason}`)
  }
  // RUNNING may go back to QUEUED: anything else is not the end.
  if (state !== 'SUCCEEDED') return undefined
  return {
    id,
    outputLocation: ResultConfiguration?.OutputLocation ?? '',
    scannedBytes: Statistics?.DataScannedInBytes ?? 0,
  }
}
