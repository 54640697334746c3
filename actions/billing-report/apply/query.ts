import { messageOf } from '../../../lib/errors.ts'
import { endBy } from '../../../lib/wait.ts'
import type { Connections, RunContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { Statement } from '../plan/sql.ts'
import type { BillingRecord } from './record.ts'
import { type ResultRow, readRecords } from './result-records.ts'
import { makeScanLimit } from './scan-limit.ts'

type Reader<T> = (body: AsyncIterable<Uint8Array>) => AsyncIterable<T>

/** Runs queries of one run: they share its time and the bytes that it may scan. */
export type Query = {
  run(what: string, statement: Statement): Promise<void>
  /** Runs a query and reads its result. */
  read(what: string, statement: Statement): Promise<ResultRow[]>
  /** Runs a query; a reader of one's own reads the result as it is asked for more. */
  readBy<T>(what: string, statement: Statement, reader: Reader<T>): Promise<AsyncIterable<T>>
  /** Returns the bytes that may still be scanned; undefined where there is no limit. */
  leftToScan(): number | undefined
  /** Stops all queries for a reason. */
  stop(reason: unknown): void
  /** Waits until no query runs; after one has failed, the others are stopped. */
  settle(): Promise<void>
}

/** Prepares the queries of a run. */
export function makeQuery(
  inputs: Inputs,
  context: RunContext,
  aws: Connections,
  { runId, record }: { runId: string; record: BillingRecord },
): Query {
  const { clock, log, deadline } = context
  // Where one query fails, the others have to stop: they would be billed for nothing.
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  const running = new Set<Promise<unknown>>()
  const { left: leftToScan, watch } = makeScanLimit(inputs)
  let number = 0
  const start = async (what: string, { sql, parameters }: Statement) => {
    number += 1
    const { database, workgroup } = inputs
    const query = { sql, parameters, database, workgroup, token: `${runId}-${number}`, watch }
    const timeoutSeconds = Math.max(0, deadline - clock.now()) / 1000
    record.queries.set(what, 'running')
    const execution = aws.athena.run(query, { clock, signal, timeoutSeconds })
    running.add(execution)
    const result = await execution
      .catch((error: unknown) => {
        record.queries.set(what, 'stopped')
        end.abort(error)
        throw error
      })
      .finally(() => running.delete(execution))
    record.queries.set(what, result)
    log.info(`${what}: query execution ${result.id}, ${result.scannedBytes} bytes scanned`)
    return result
  }
  async function* readResult<T>(what: string, location: string, reader: Reader<T>): AsyncGenerator<T> {
    const limits = { what: `the result of ${what}`, clock, deadline }
    try {
      yield* reader(endInTime(aws.objects.read(location), limits))
    } catch (error) {
      throw new Error(`${limits.what}: ${location}: ${messageOf(error)}`, { cause: error })
    }
  }
  const readBy: Query['readBy'] = async (what, statement, reader) =>
    readResult(what, (await start(what, statement)).outputLocation, reader)
  return {
    readBy,
    run: async (what, statement) => {
      await start(what, statement)
    },
    read: async (what, statement) => await Array.fromAsync(await readBy(what, statement, readRecords)),
    leftToScan,
    stop: (reason) => end.abort(reason),
    settle: async () => {
      await Promise.allSettled(running)
    },
  }
}

/** Adds up what the queries of a run have scanned. */
export const scannedBytes = ({ queries }: BillingRecord): number =>
  [...queries.values()].reduce((sum, each) => sum + (typeof each === 'object' ? each.scannedBytes : 0), 0)

type Limits = Pick<RunContext, 'clock' | 'deadline'> & { what: string }

/** Passes the pieces of a body on, each of which has to be there by the deadline. */
async function* endInTime(body: AsyncGenerator<Uint8Array>, limits: Limits): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await endBy(async () => await body.next(), limits)
    if (piece.done) return
    yield piece.value
  }
}
