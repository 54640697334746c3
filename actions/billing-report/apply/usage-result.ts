import type { Fact } from '../bill/facts.ts'
import { type RowClass, summed, type UsageRow } from '../bill/usage.ts'
import { unreadableColumn } from '../plan/sql.ts'
import type { ResultRow } from './query.ts'

const rowClasses: readonly RowClass[] = ['malformed', 'unattributed', 'attributed']

/** Reads one line of a month's usage. Throws when one is not what the SQL returns. */
export function parseUsageRow(record: ResultRow): UsageRow {
  const rowClass = rowClasses.find((each) => each === record.row_class)
  if (!rowClass) throw new Error(`roll-up: expected a class of rows, got "${record.row_class}"`)
  const count = (name: string) => readCount(record, name)
  const sums = Object.fromEntries(summed.map((name) => [name, count(name)] as const))
  return {
    user: record.user ?? '',
    version: Number(count('rates_version')),
    routeKey: record.routekey ?? '',
    status: record.status ?? '',
    rowClass,
    duplicates: count('duplicates'),
    quantities: { ...noQuantities, ...sums, request: count('requests') },
    unreadable: Object.fromEntries(summed.map((name) => [name, count(unreadableColumn(name))])),
  }
}

const noQuantities = {
  responselength: 0n,
  dataprocessed: 0n,
  responselatency: 0n,
  integrationlatency: 0n,
}

/** Reads one line of the facts about periods. Throws when one is not what the SQL returns. */
export function parseFact(record: ResultRow): Fact {
  return {
    period: record.period ?? '',
    rowClass: record.row_class ?? '',
    hour: Number(readCount(record, 'event_hour')),
    requests: readCount(record, 'requests'),
    duplicates: readCount(record, 'duplicates'),
    conflicts: readCount(record, 'conflicts'),
  }
}

/** Reads a whole number of a result. */
export function readCount(record: ResultRow, name: string): bigint {
  const text = record[name] ?? ''
  if (!/^-?\d+$/.test(text)) throw new Error(`roll-up: ${name}: expected a whole number, got "${text}"`)
  return BigInt(text)
}
