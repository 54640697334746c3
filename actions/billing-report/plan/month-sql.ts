import { addDays, listDays, type Period } from '../../../lib/service/calendar.ts'
import {
  countColumns,
  createAs,
  keyColumns,
  partitionsOf,
  type RollUp,
  type Source,
  type Statement,
  selectRollUp,
  type Target,
  typedRows,
} from './sql.ts'
import type { Window } from './window.ts'

/** The tables that hold roll-ups of days, and the usage of months; each has one partition key. */
export const rollUpTables = { days: 'rollup_daily', months: 'usage_monthly' } as const

const billedClasses = `(row_class = 'malformed' OR row_class = 'attributed' OR row_class = 'unattributed')`

/** Writes a month's usage, added up from rows that a statement selects. */
function addUp(database: string, rows: Statement, target: Target): Statement {
  return { sql: `${createAs(database, target)}\n${sumRows(rows)}`, parameters: rows.parameters }
}

const sumRows = ({ sql }: Statement) => `SELECT ${keyColumns.join(', ')},
  ${countColumns.map((name) => `SUM(${name}) AS ${name}`).join(', ')}
FROM (
  ${sql}
) AS parts
GROUP BY ${keyColumns.join(', ')}`

/** Adds the roll-ups of a month's days up, by the versions of the rates that held on each. */
export const addDaysUp = (
  database: string,
  period: Pick<Period, 'firstDay' | 'nextDay'>,
  validFrom: readonly string[],
  target: Target,
): Statement => addUp(database, selectDayRows(database, period, validFrom), target)

function selectDayRows(
  database: string,
  { firstDay, nextDay }: Pick<Period, 'firstDay' | 'nextDay'>,
  validFrom: readonly string[],
): Statement {
  const versions = validFrom.map((day, at) => `WHEN "day" < '${day}' THEN ${at - 1}`)
  const version = `CASE ${versions.join(' ')} ELSE ${validFrom.length - 1} END`
  const sql = `SELECT "user", ${version} AS rates_version, routekey, status, row_class, ${countColumns.join(', ')}
  FROM "${database}"."${rollUpTables.days}"
  WHERE "day" >= ? AND "day" < ? AND ${billedClasses}`
  return { sql, parameters: [`'${firstDay}'`, `'${nextDay}'`] }
}

/** Takes a month's usage from a roll-up of the whole month. */
export const takeMonth = (database: string, table: string, target: Target): Statement =>
  addUp(database, takeRows(`"${database}"."${table}"`), target)

const takeRows = (from: string): Statement => ({
  sql: `SELECT ${keyColumns.join(', ')}, ${countColumns.join(', ')}
  FROM ${from}
  WHERE ${billedClasses}`,
  parameters: [],
})

/** Reads the usage of a month, sorted and without NULLs, which CSV cannot represent. */
export const selectUsage = (database: string, table: string): Statement => ({
  sql: selectSorted(`"${database}"."${table}"`),
  parameters: [],
})

/** Reads what the roll-ups of a month's days add up to in the same form, and writes nothing. */
export function selectDays(
  database: string,
  period: Pick<Period, 'firstDay' | 'nextDay'>,
  validFrom: readonly string[],
): Statement {
  const rows = selectDayRows(database, period, validFrom)
  return { sql: selectSorted(`(${sumRows(rows)}) AS month_usage`), parameters: rows.parameters }
}

/** Reads what a roll-up of the whole month would hold in the same form, and writes nothing. */
export const selectMonth = (source: Source, rollUp: RollUp): Statement => ({
  sql: selectSorted(
    `(${sumRows(takeRows(`(${selectRollUp(source, rollUp)}) AS whole_month`))}) AS month_usage`,
  ),
  parameters: [],
})

function selectSorted(from: string): string {
  const texts = ['"user"', 'routekey', 'status', 'row_class'].map(
    (name) => `COALESCE(${name}, '') AS ${name}`,
  )
  const numbers = ['rates_version', ...countColumns].map((name) => `COALESCE(${name}, 0) AS ${name}`)
  return `SELECT ${texts.join(', ')},
  ${numbers.join(', ')}
FROM ${from}
ORDER BY ${keyColumns.join(', ')}`
}

/** Counts the requests of each day by status in the roll-ups of days. */
export function readDayRequests(database: string, { first, next }: Window): Statement {
  const sql = `SELECT "day" AS period, COALESCE(status, '') AS day_status, COALESCE(SUM(requests), 0) AS requests
FROM "${database}"."${rollUpTables.days}"
WHERE "day" >= ? AND "day" < ? AND (row_class = 'attributed' OR row_class = 'unattributed')
GROUP BY "day", status
ORDER BY "day", status`
  return { sql, parameters: [`'${first}'`, `'${next}'`] }
}

const factColumns =
  'COALESCE(SUM(requests), 0) AS requests, COALESCE(SUM(duplicates), 0) AS duplicates, COALESCE(SUM(conflicts), 0) AS conflicts'

/** Counts the rows of each class and hour in the roll-ups of days. */
export function readFacts(database: string, { first, next }: Window): Statement {
  const sql = `SELECT "day" AS period, row_class, bucket, ${factColumns}
FROM "${database}"."${rollUpTables.days}"
WHERE "day" >= ? AND "day" < ?
GROUP BY "day", row_class, bucket
ORDER BY "day", row_class, bucket`
  return { sql, parameters: [`'${first}'`, `'${next}'`] }
}

/** Counts the same in tables that hold one period each, before their rows become visible. */
export function readStagedFacts(database: string, tables: ReadonlyMap<string, string>): Statement {
  const selects = [...tables].map(
    ([period, table]) => `SELECT '${period}' AS period, row_class, bucket, ${factColumns}
FROM "${database}"."${table}"
GROUP BY row_class, bucket`,
  )
  return { sql: selects.join('\nUNION ALL\n'), parameters: [] }
}

/** Counts the requests of each route by bucket of latency; what has no readable latency is in none. */
export function readLatency(database: string, { first, next }: Window): Statement {
  const sql = `SELECT routekey, bucket, SUM(requests) AS requests
FROM "${database}"."${rollUpTables.days}"
WHERE "day" >= ? AND "day" < ? AND row_class = 'latency' AND bucket >= 0
GROUP BY routekey, bucket
ORDER BY routekey, bucket`
  return { sql, parameters: [`'${first}'`, `'${next}'`] }
}

/** Days after a month on which rows of it may arrive that the roll-ups of its days do not reach. */
export type Beyond = { window: Window; lateBefore: (day: string) => number }

/** Counts the rows of a month that arrived after it, within its late days and beyond those of their own day. */
export function countBeyond(source: Source, period: Period, { window, lateBefore }: Beyond): Statement {
  const days = listDays(window.first, window.next)
  const conditions = days.map(
    (day) => `((${partitionsOf({ first: day, next: addDays(day, 1) })}) AND event_ms >= ? AND event_ms < ?)`,
  )
  const sql = `SELECT COUNT(*) AS total
FROM (${typedRows(source, window, period)}) AS arrived_rows
WHERE malformed = 0 AND (${conditions.join(' OR ')})`
  const borders = (day: string) => [period.start, Math.min(lateBefore(day), period.end)].map(String)
  return { sql, parameters: days.flatMap(borders) }
}
