import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import type { UsageRow } from '../bill/usage.ts'
import type { BillingContext, Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { RollUpPlan } from '../plan/plan.ts'
import type { Statement } from '../plan/sql.ts'
import { parseUsageRow } from './usage-result.ts'

/** What the queries gave. */
export type RollUpResult = { usage: UsageRow[]; rows: bigint; scannedBytes: number }

/** Runs a roll-up, reads it and counts the raw rows beside it; its table goes, its files stay. */
export async function runRollUp(
  plan: RollUpPlan,
  inputs: Inputs,
  context: BillingContext,
  aws: Connections,
  runId: string,
): Promise<RollUpResult> {
  const query = makeQuery(inputs, context, aws, runId)
  try {
    const created = await query('roll up', plan.create)
    const [read, count] = await Promise.all([query('read', plan.read), query('count', plan.count)])
    const usage: UsageRow[] = []
    for await (const record of readRecords(read.outputLocation, aws)) usage.push(parseUsageRow(record))
    let rows = 0n
    for await (const record of readRecords(count.outputLocation, aws)) rows = BigInt(record.total ?? '')
    const scannedBytes = created.scannedBytes + read.scannedBytes + count.scannedBytes
    return { usage, rows, scannedBytes }
  } finally {
    await aws.tables.remove(inputs.database, plan.table)
  }
}

function makeQuery(inputs: Inputs, { clock, signal, log }: BillingContext, aws: Connections, runId: string) {
  const deadline = clock.now() + inputs.timeoutSeconds * 1000
  let number = 0
  return async (what: string, { sql, parameters }: Statement) => {
    number += 1
    const { database, workgroup } = inputs
    const query = { sql, parameters, database, workgroup, token: `${runId}-${number}` }
    const timeoutSeconds = Math.max(0, deadline - clock.now()) / 1000
    const result = await aws.athena.run(query, { clock, signal, timeoutSeconds })
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
