// SQL that means the same in Trino and in DuckDB: casts, CASE, COALESCE, NULLIF, COUNT, SUM, comparisons and
// GROUP BY only. No division, no date function, no time zone: borders come in as epoch milliseconds.
import { addDays, listDays, type Period } from '../../../lib/service/calendar.ts'
import { latencyLimits } from '../bill/latency.ts'
import { summed } from '../bill/usage.ts'
import { logColumns } from '../input-table.ts'
import type { Inputs } from '../inputs.ts'
import type { Borders, Window } from './window.ts'

/** A statement, and the values of its `?`. */
export type Statement = { sql: string; parameters: readonly string[] }

/** The raw table, by names that were checked; `columns` maps the bill's names to those of a table of another shape. */
export type Source = Pick<Inputs, 'database' | 'table' | 'columns'>

/** Where a CREATE TABLE AS puts its rows. */
export type Target = { table: string; location: string }

/** What a roll-up reads, and how it tells the rows of its period from others. */
export type RollUp = {
  period: Period
  window: Window
  /** For the rows that arrive on the days of the period. */
  borders: Borders
  /** Months to which late rows may belong, the latest first. */
  lateMonths: readonly Period[]
  /** First milliseconds of the versions of the rates; none where the period is a day. */
  versionStarts: readonly number[]
  /** First milliseconds of the hours to count, or of the days where the period is a month. */
  hourStarts: readonly number[]
}

const quoted = (name: string) => `"${name}"`
const columns = logColumns.map(quoted).join(', ')

/** The columns by which a roll-up is grouped. */
export const keyColumns = ['"user"', 'rates_version', 'routekey', 'status', 'row_class']

/** Names the column that counts unreadable values of another. */
export const unreadableColumn = (name: string): string => `${name}_unreadable`

/** The columns of a roll-up that are added up. */
export const countColumns = ['requests', 'duplicates', ...summed, ...summed.map(unreadableColumn)]

/** Writes a condition on the partitions of arrival: whole months by their number, the rest by days. */
export function partitionsOf({ first, next }: Window): string {
  const months = Map.groupBy(listDays(first, next), (day) => day.slice(0, 7))
  const conditions = [...months].map(([month, days]) => {
    const [year, number] = month.split('-')
    const inMonth = `"year" = '${year}' AND "month" = '${number}'`
    if (days.length === listDays(`${month}-01`, nextMonth(month)).length) return `(${inMonth})`
    return `(${inMonth} AND (${days.map((day) => `"day" = '${day.slice(8)}'`).join(' OR ')}))`
  })
  return conditions.join(' OR ')
}

const nextMonth = (month: string) => `${addDays(`${month}-28`, 4).slice(0, 7)}-01`

/** Counts the rows of each partition: Athena reads them in the files' footers. */
export function countPartitions({ database, table }: Source, window: Window): Statement {
  const sql = `SELECT "year", "month", "day", COUNT(*) AS total
FROM "${database}"."${table}"
WHERE ${partitionsOf(window)}
GROUP BY "year", "month", "day"
ORDER BY "year", "month", "day"`
  return { sql, parameters: [] }
}

/**
 * A whole number as a text: the digits of `1042`, and no other spelling of it. Engines disagree on ' 1', 1.5, 1e3, 1_000,
 * 0x10 and ٣, but not on whether the number is written like the text.
 */
export const isWhole = (value: string): string =>
  `CAST(TRY_CAST(${value} AS BIGINT) AS VARCHAR) = ${value} AND TRY_CAST(${value} AS BIGINT) >= 0`

const isMissing = (value: string) => `COALESCE(NULLIF(${value}, '-'), '') = ''`

/** All rows of a window, with what is known of each by itself; `arrived` marks those of the days of the period. */
export function typedRows(source: Source, window: Window, period: Period): string {
  const names = logColumns.map((name) => `"${source.columns.get(name) ?? name}" AS "${name}"`)
  const arrived = partitionsOf({ first: period.firstDay, next: period.nextDay })
  return `SELECT ${columns},
    CASE WHEN ${isWhole('requesttime')} THEN TRY_CAST(requesttime AS BIGINT) ELSE 0 END AS event_ms,
    CASE WHEN ${isMissing('requestid')} THEN 1 WHEN ${isWhole('requesttime')} AND ${isWhole('status')} THEN 0
      ELSE 1 END AS malformed,
    arrived, "year", "month", "day"
  FROM (
    SELECT ${names.join(', ')}, "year", "month", "day",
      CASE WHEN ${arrived} THEN 1 ELSE 0 END AS arrived
    FROM "${source.database}"."${source.table}"
    WHERE ${partitionsOf(window)}
  ) AS read_rows`
}

// In milliseconds, any time after 1973: a smaller number is one of seconds.
const leastMilliseconds = 100_000_000_000

/** The class of each row; rows of other periods are counted there, unless they are out of reach of their own day. */
function classOfRow({ period, borders, lateMonths }: RollUp): string {
  const late = lateMonths.map(
    ({ name, start, end }) =>
      `WHEN arrived = 1 AND event_ms < ${borders.lateBefore} AND event_ms >= ${start} AND event_ms < ${end} THEN 'late ${name}'`,
  )
  return `CASE WHEN malformed = 1 AND arrived = 1 THEN 'malformed'
      WHEN malformed = 1 THEN 'other'
      WHEN event_ms >= ${period.start} AND event_ms < ${period.end} AND ${isMissing('"user"')} THEN 'unattributed'
      WHEN event_ms >= ${period.start} AND event_ms < ${period.end} THEN 'attributed'
      WHEN arrived = 1 AND (event_ms < ${leastMilliseconds} OR event_ms >= ${borders.earlyFrom}) THEN 'event-time'
      ${late.join('\n      ')}
      WHEN arrived = 1 AND event_ms < ${borders.lateBefore} THEN 'late'
      ELSE 'other' END`
}

const isCounted = `row_class = 'attributed' OR row_class = 'unattributed'`

/** Numbers the spans between borders from −1 on. */
const numberOf = (starts: readonly number[]) =>
  starts.length === 0
    ? '0'
    : `CASE ${starts.map((start, at) => `WHEN event_ms < ${start} THEN ${at - 1}`).join(' ')} ELSE ${starts.length - 1} END`

/** Numbers the bucket of a latency from 0 on; −1 for one that is no whole number. */
const latencyBucket = `CASE WHEN ${isWhole('responselatency')} THEN CASE ${latencyLimits
  .map((limit, at) => `WHEN TRY_CAST(responselatency AS BIGINT) <= ${limit} THEN ${at}`)
  .join(' ')} ELSE ${latencyLimits.length} END ELSE -1 END`

/** Rows that are equal in every column were delivered twice: one of them counts. Those that are not counted are only numbered. */
function distinctRows(source: Source, rollUp: RollUp): string {
  const kept = logColumns.map((name) => `CASE WHEN ${isCounted} THEN "${name}" END AS "${name}"`)
  return `SELECT ${columns}, row_class, rates_version, event_hour, latency, COUNT(*) AS copies
  FROM (
    SELECT ${kept.join(',\n      ')},
      row_class,
      CASE WHEN ${isCounted} THEN ${numberOf(rollUp.versionStarts)} ELSE 0 END AS rates_version,
      CASE WHEN ${isCounted} THEN ${numberOf(rollUp.hourStarts)} ELSE -1 END AS event_hour,
      CASE WHEN ${isCounted} THEN ${latencyBucket} ELSE -1 END AS latency
    FROM (
      SELECT typed_rows.*, ${classOfRow(rollUp)} AS row_class
      FROM (${typedRows(source, rollUp.window, rollUp.period)}) AS typed_rows
    ) AS classed_rows
  ) AS kept_rows
  GROUP BY ${columns}, row_class, rates_version, event_hour, latency`
}

/** Begins a statement that writes rows as Parquet below a place of its own. */
export const createAs = (
  database: string,
  { table, location }: Target,
) => `CREATE TABLE "${database}"."${table}"
WITH (format = 'PARQUET', external_location = '${location}') AS`

/**
 * Writes a roll-up by user, version of the rates, route, status and class. Beside it stand rows of more classes: one for
 * each `hour`, one for each bucket of `latency` of a route and status, and one for `all` rows, in which rows of one
 * request id are found whatever else they differ in. Hours and latencies have their number in `bucket`.
 */
export const rollUp = (source: Source, rollUp: RollUp, target: Target): Statement => ({
  sql: `${createAs(source.database, target)}\n${selectRollUp(source, rollUp)}`,
  parameters: [],
})

/** Selects the rows of a roll-up, and writes nothing. */
export function selectRollUp(source: Source, rollUp: RollUp): string {
  const sums = summed.flatMap((name) => [
    `SUM(CASE WHEN ${isWhole(name)} THEN TRY_CAST(${name} AS BIGINT) ELSE 0 END) AS ${name}`,
    `SUM(CASE WHEN ${isWhole(name)} THEN 0 WHEN ${isCounted} THEN 1 ELSE 0 END) AS ${unreadableColumn(name)}`,
  ])
  return `SELECT COALESCE("user", '') AS "user", COALESCE(rates_version, 0) AS rates_version, COALESCE(routekey, '') AS routekey,
  COALESCE(status, '') AS status,
  COALESCE(row_class, CASE WHEN event_hour >= -1 THEN 'hour' WHEN latency >= -1 THEN 'latency' ELSE 'all' END) AS row_class,
  COALESCE(event_hour, latency, -1) AS bucket, conflicts, ${countColumns.join(', ')}
FROM (
  SELECT "user", rates_version, routekey, status, row_class, event_hour, latency,
    SUM(CASE WHEN ${isCounted} THEN 1 ELSE 0 END) - COUNT(DISTINCT requestid) AS conflicts,
    SUM(CASE WHEN ${isCounted} THEN 1 ELSE copies END) AS requests,
    SUM(CASE WHEN ${isCounted} THEN copies - 1 ELSE 0 END) AS duplicates,
    ${sums.join(',\n    ')}
  FROM (${distinctRows(source, rollUp)}) AS distinct_rows
  GROUP BY GROUPING SETS ((${keyColumns.join(', ')}), (event_hour), (routekey, status, latency), ())
) AS summed_rows`
}
