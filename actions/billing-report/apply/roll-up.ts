import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { messageOf } from '../../../lib/errors.ts'
import { endBy } from '../../../lib/wait.ts'
import type { UsageRow } from '../bill/usage.ts'
import type { BillingContext, Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { RollUpPlan } from '../plan/plan.ts'
import type { Statement } from '../plan/sql.ts'
import type { BillingRecord } from './record.ts'
import { parseUsageRow } from './usage-result.ts'

/** What the queries gave. */
export type RollUpResult = { usage: UsageRow[]; rows: bigint; scannedBytes: number }

/** Runs a roll-up, reads it and counts the raw rows beside it; its table goes, its files stay. */
export async function runRollUp(
  plan: RollUpPlan,
  inputs: Inputs,
  context: BillingContext,
  aws: Connections,
  { runId, record }: { runId: string; record: BillingRecord },
): Promise<RollUpResult> {
  // Where one query fails, the other has to stop: it would be billed for nothing.
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  const deadline = context.clock.now() + inputs.timeoutSeconds * 1000
  const query = makeQuery(inputs, { ...context, signal }, aws, { runId, record, deadline })
  try {
    const work = () => runQueries(plan, query, aws, end)
    return await endBy(work, { ...context, what: 'the queries and their results', deadline })
  } finally {
    await removeTable(plan.table, inputs, context, aws)
  }
}

async function runQueries(
  plan: RollUpPlan,
  query: ReturnType<typeof makeQuery>,
  aws: Connections,
  end: AbortController,
): Promise<RollUpResult> {
  const created = await query('roll up', plan.create)
  const both = [query('read', plan.read), query('count', plan.count)] as const
  const [read, count] = await Promise.all(both).catch(async (error: unknown) => {
    end.abort(error)
    await Promise.allSettled(both)
    throw error
  })
  const usage: UsageRow[] = []
  for await (const record of readRecords(read.outputLocation, aws)) usage.push(parseUsageRow(record))
  let rows = 0n
  for await (const record of readRecords(count.outputLocation, aws)) rows = BigInt(record.total ?? '')
  const scannedBytes = created.scannedBytes + read.scannedBytes + count.scannedBytes
  return { usage, rows, scannedBytes }
}

// A table that stays costs nothing: it must cost neither the bill nor the error that came before.
async function removeTable(
  table: string,
  { database }: Inputs,
  { log }: BillingContext,
  aws: Connections,
): Promise<void> {
  try {
    await aws.tables.remove(database, table)
  } catch (error) {
    log.warning(`the table ${database}.${table} stays, and can be removed: ${messageOf(error)}`)
  }
}

function makeQuery(
  inputs: Inputs,
  { clock, signal, log }: BillingContext,
  aws: Connections,
  { runId, record, deadline }: { runId: string; record: BillingRecord; deadline: number },
) {
  let number = 0
  return async (what: string, { sql, parameters }: Statement) => {
    number += 1
    const { database, workgroup } = inputs
    const query = { sql, parameters, database, workgroup, token: `${runId}-${number}` }
    const timeoutSeconds = Math.max(0, deadline - clock.now()) / 1000
    record.queries.set(what, 'running')
    const result = await aws.athena.run(query, { clock, signal, timeoutSeconds }).catch((error: unknown) => {
      record.queries.set(what, 'stopped')
      throw error
    })
    record.queries.set(what, result)
    log.info(`${what}: query execution ${result.id}, ${result.scannedBytes} bytes scanned`)
    return result
  }
}

// Without `cast`: all values are texts, and a million rows take seconds.
async function* readRecords(location: string, aws: Connections): AsyncGenerator<Record<string, string>> {
  const records = parse({ columns: true })
  // What goes wrong with the body ends the records, and is thrown by them.
  pipeline(aws.objects.read(location), records).catch(() => undefined)
  yield* records
}
