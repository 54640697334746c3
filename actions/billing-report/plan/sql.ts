// SQL that means the same in Trino and in DuckDB: casts, CASE, COALESCE, NULLIF, COUNT, SUM, comparisons and
// GROUP BY only. No division, no date function, no time zone: borders come in as epoch milliseconds.
import { addDays, listDays, type Period } from '../../../lib/service/calendar.ts'

/** A statement, and the values of its `?`. */
export type Statement = { sql: string; parameters: readonly string[] }

/** The raw table, by names that were checked. */
export type Source = { database: string; table: string }

const columns = [
  'requestid',
  'extendedrequestid',
  'requesttime',
  'httpmethod',
  'routekey',
  'status',
  '"user"',
  'responselength',
  'dataprocessed',
  'responselatency',
  'integrationlatency',
  'integrationstatus',
].join(', ')

const summed = ['responselength', 'dataprocessed', 'responselatency', 'integrationlatency']

/** Writes a condition on the partitions of arrival: whole months by their number, the rest by days. */
export function partitionsOf(firstDay: string, nextDay: string): string {
  const months = Map.groupBy(listDays(firstDay, nextDay), (day) => day.slice(0, 7))
  const conditions = [...months].map(([month, days]) => {
    const [year, number] = month.split('-')
    const inMonth = `"year" = '${year}' AND "month" = '${number}'`
    if (days.length === listDays(`${month}-01`, nextMonth(month)).length) return `(${inMonth})`
    return `(${inMonth} AND (${days.map((day) => `"day" = '${day.slice(8)}'`).join(' OR ')}))`
  })
  return conditions.join(' OR ')
}

const nextMonth = (month: string) => `${addDays(`${month}-28`, 4).slice(0, 7)}-01`

/** Rows of the period: by their own time, and malformed ones by their day of arrival. */
function rowsOf({ database, table }: Source, period: Period, lateDays: number): Statement {
  // One day in front: the log's partitions may be named in another zone than the bill's.
  const arrived = partitionsOf(addDays(period.firstDay, -1), addDays(period.nextDay, lateDays + 1))
  const sql = `SELECT * FROM (
  SELECT ${columns},
    TRY_CAST(requesttime AS BIGINT) AS event_ms,
    CASE WHEN COALESCE(NULLIF(requestid, '-'), '') = '' OR TRY_CAST(requesttime AS BIGINT) IS NULL
      OR TRY_CAST(status AS BIGINT) IS NULL THEN 1 ELSE 0 END AS malformed,
    CASE WHEN ${partitionsOf(period.firstDay, period.nextDay)} THEN 1 ELSE 0 END AS arrived
  FROM "${database}"."${table}"
  WHERE ${arrived}
) AS typed
WHERE (malformed = 0 AND event_ms >= ? AND event_ms < ?) OR (malformed = 1 AND arrived = 1)`
  return { sql, parameters: [String(period.start), String(period.end)] }
}

/** Counts all rows of the period. */
export function countRows(source: Source, period: Period, lateDays: number): Statement {
  const rows = rowsOf(source, period, lateDays)
  return { ...rows, sql: `SELECT COUNT(*) AS total FROM (${rows.sql}) AS period_rows` }
}

/** Writes a roll-up by user, version of the rates, route and status into a new table over `location`. */
export function rollUp(
  source: Source,
  period: Period,
  lateDays: number,
  target: { table: string; location: string; versionStarts: readonly number[] },
): Statement {
  const rows = rowsOf(source, period, lateDays)
  const sums = summed.map(
    (column) =>
      `SUM(CASE WHEN malformed = 1 THEN 0 ELSE COALESCE(TRY_CAST(${column} AS BIGINT), 0) END) AS ${column}`,
  )
  // Copies that are equal in every column were delivered twice: one of them counts.
  const sql = `CREATE TABLE "${source.database}"."${target.table}"
WITH (format = 'PARQUET', external_location = '${target.location}') AS
SELECT "user", rates_version, routekey, status, row_class,
  SUM(CASE WHEN malformed = 1 THEN copies ELSE 1 END) AS requests,
  SUM(CASE WHEN malformed = 1 THEN 0 ELSE copies - 1 END) AS duplicates,
  ${sums.join(',\n  ')}
FROM (
  SELECT COALESCE("user", '') AS "user", COALESCE(routekey, '') AS routekey, COALESCE(status, '') AS status,
    ${versionOf(target.versionStarts)} AS rates_version,
    CASE WHEN malformed = 1 THEN 'malformed'
      WHEN COALESCE(NULLIF("user", '-'), '') = '' THEN 'unattributed' ELSE 'attributed' END AS row_class,
    malformed, copies, ${summed.join(', ')}
  FROM (
    SELECT ${columns}, event_ms, malformed, COUNT(*) AS copies
    FROM (${rows.sql}) AS period_rows
    GROUP BY ${columns}, event_ms, malformed
  ) AS distinct_rows
) AS classed_rows
GROUP BY "user", rates_version, routekey, status, row_class`
  return { ...rows, sql }
}

function versionOf(starts: readonly number[]): string {
  const cases = starts.map((start, at) => `WHEN event_ms < ${start} THEN ${at - 1}`)
  return cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE ${starts.length - 1} END`
}

/** Reads a roll-up, sorted and without NULLs, which CSV cannot represent. */
export function readRollUp(database: string, table: string): Statement {
  const numbers = ['requests', 'duplicates', ...summed].map((name) => `COALESCE(${name}, 0) AS ${name}`)
  const sql = `SELECT COALESCE("user", '') AS "user", COALESCE(rates_version, 0) AS rates_version,
  COALESCE(routekey, '') AS routekey, COALESCE(status, '') AS status, COALESCE(row_class, '') AS row_class,
  ${numbers.join(', ')}
FROM "${database}"."${table}"
ORDER BY "user", rates_version, routekey, status, row_class`
  return { sql, parameters: [] }
}
