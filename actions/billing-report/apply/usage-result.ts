import type { Fact } from '../bill/facts.ts'
import type { LatencyCount } from '../bill/latency.ts'
import type { RowClass, UsageRow } from '../bill/usage.ts'
import { unreadableColumn } from '../plan/sql.ts'
import { type ResultRow, readRows } from './result-records.ts'

const rowClasses: readonly RowClass[] = ['malformed', 'unattributed', 'attributed']

/** Reads a month's usage piece by piece. Throws where a value is not what the SQL returns. */
export async function* readUsage(body: AsyncIterable<Uint8Array>): AsyncGenerator<Iterable<UsageRow>> {
  let parse: ReturnType<typeof makeParser> | undefined
  for await (const { columns, rows } of readRows(body)) {
    parse ??= makeParser(columns)
    yield rows.map(parse)
  }
}

type Cells = readonly string[]

function makeParser(columns: Cells): (row: Cells) => UsageRow {
  const text = (name: string) => {
    const at = columns.indexOf(name)
    return (row: Cells) => row[at] ?? ''
  }
  const count = (name: string) => {
    const read = text(name)
    return (row: Cells) => {
      const value = read(row)
      if (!/^-?\d+$/.test(value)) throw new Error(`roll-up: ${name}: expected a whole number, got "${value}"`)
      return BigInt(value)
    }
  }
  const readClass = text('row_class')
  const [user, version, routeKey, status] = [
    text('user'),
    count('rates_version'),
    text('routekey'),
    text('status'),
  ]
  const [duplicates, request] = [count('duplicates'), count('requests')]
  const read = makeSumReader(count)
  const readUnreadable = makeSumReader((name) => count(unreadableColumn(name)))
  return (row) => {
    const rowClass = rowClasses.find((each) => each === readClass(row))
    if (!rowClass) throw new Error(`roll-up: expected a class of rows, got "${readClass(row)}"`)
    return {
      user: user(row),
      version: Number(version(row)),
      routeKey: routeKey(row),
      status: status(row),
      rowClass,
      duplicates: duplicates(row),
      quantities: { request: request(row), ...read(row) },
      unreadable: readUnreadable(row),
    }
  }
}

function makeSumReader(count: (name: string) => (row: Cells) => bigint) {
  const [responselength, dataprocessed] = [count('responselength'), count('dataprocessed')]
  const [responselatency, integrationlatency] = [count('responselatency'), count('integrationlatency')]
  return (row: Cells) => ({
    responselength: responselength(row),
    dataprocessed: dataprocessed(row),
    responselatency: responselatency(row),
    integrationlatency: integrationlatency(row),
  })
}

/** Reads one line of the facts about periods. Throws when one is not what the SQL returns. */
export function parseFact(record: ResultRow): Fact {
  return {
    period: record.period ?? '',
    rowClass: record.row_class ?? '',
    bucket: Number(readCount(record, 'bucket')),
    requests: readCount(record, 'requests'),
    duplicates: readCount(record, 'duplicates'),
    conflicts: readCount(record, 'conflicts'),
  }
}

/** Reads one count of latencies. Throws when it is not what the SQL returns. */
export const parseLatency = (record: ResultRow): LatencyCount => ({
  routeKey: record.routekey ?? '',
  bucket: Number(readCount(record, 'bucket')),
  requests: readCount(record, 'requests'),
})

/** Reads a whole number of a result. */
export function readCount(record: ResultRow, name: string): bigint {
  const text = record[name] ?? ''
  if (!/^-?\d+$/.test(text)) throw new Error(`roll-up: ${name}: expected a whole number, got "${text}"`)
  return BigInt(text)
}
