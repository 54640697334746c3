import { globSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readInputs } from '../../actions/billing-report/inputs.ts'
import { planDay } from '../../actions/billing-report/plan/day-plan.ts'
import { addDaysUp, takeMonth } from '../../actions/billing-report/plan/month-sql.ts'
import { rollUp, type Statement } from '../../actions/billing-report/plan/sql.ts'
import { windowOf } from '../../actions/billing-report/plan/window.ts'
import { listDays, monthPeriod, startOf } from '../../lib/service/calendar.ts'
import { startSqlEngine } from '../../test/fixtures/duckdb.ts'

const inputs = readInputs({ database: 'd', table: 'raw', timezone: 'Asia/Seoul', 'late-days': '0' })
const month = monthPeriod('2026-09', inputs.timeZone)
const days = listDays(month.firstDay, month.nextDay)
const versions = ['2026-01-01', '2026-09-16']

/** What a month costs: bytes of the raw rows, of the roll-ups of its days, and lines of usage that differ. */
export type Scan = { rows: number; rawBytes: number; rollUpBytes: number; differences: number }

/**
 * Adds a month of raw rows of 200 users up twice: from roll-ups of its days, and by one query over all rows. Athena reads
 * whole files here: every column is needed.
 */
export async function scanMonth(folder: string, rows: number): Promise<Scan> {
  const engine = startSqlEngine()
  try {
    await engine.run(
      'PRAGMA enable_optimizer',
      'PRAGMA disable_progress_bar',
      'SET threads = 2',
      'CREATE SCHEMA d',
    )
    const write = async (select: string, path: string) => {
      mkdirSync(join(folder, path), { recursive: true })
      await engine.run(`COPY (${select}) TO '${join(folder, path, 'x.parquet')}' (COMPRESSION SNAPPY)`)
    }
    const show = async (table: string) =>
      await engine.run(
        `CREATE VIEW d.${table} AS SELECT * FROM read_parquet('${join(folder, table)}/**/*.parquet',
        hive_partitioning = true, hive_types_autocast = false)`,
      )
    const daily = Math.ceil(rows / days.length)
    for (const [at, day] of days.entries())
      await write(
        rawRows(day, at * daily, daily),
        `raw/${day.replace(/^(\d+)-(\d+)-/, 'year=$1/month=$2/day=')}`,
      )
    await show('raw')
    for (const day of days)
      await write(
        selectOf(rollUp(inputs, planDay(inputs, day), { table: '', location: '' })),
        `rollup_daily/day=${day}`,
      )
    await show('rollup_daily')
    await engine.run(
      `CREATE TABLE d.whole AS ${selectOf(rollUp(inputs, wholeMonth, { table: '', location: '' }))}`,
    )
    const ours = selectOf(addDaysUp('d', month, versions, { table: '', location: '' }))
    const theirs = selectOf(takeMonth('d', 'whole', { table: '', location: '' }))
    const differing = `((${ours} EXCEPT ALL ${theirs}) UNION ALL (${theirs} EXCEPT ALL ${ours}))`
    const { rows: counts } = await engine.run(`SELECT COUNT(*) AS differing FROM ${differing}`)
    return {
      rows: daily * days.length,
      rawBytes: sizeOf(join(folder, 'raw')),
      rollUpBytes: sizeOf(join(folder, 'rollup_daily')),
      differences: Number(counts[0]?.differing),
    }
  } finally {
    engine.stop()
  }
}

const wholeMonth = {
  ...{ period: month, window: windowOf(month, inputs), lateMonths: [], hourStarts: [] },
  borders: { lateBefore: 0, earlyFrom: Number.MAX_SAFE_INTEGER },
  versionStarts: versions.map((day) => startOf(day, inputs.timeZone)),
}

/** The query of a CREATE TABLE AS, with its values in their places. */
function selectOf({ sql, parameters }: Statement): string {
  const values = [...parameters]
  return sql.replace(/^CREATE TABLE[\s\S]*?\) AS\n/, '').replaceAll('?', () => values.shift() ?? '')
}

const sizeOf = (folder: string) =>
  globSync('**/*.parquet', { cwd: folder }).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0)

/** Rows of one day, as the HTTP API writes them. */
const rawRows = (day: string, first: number, count: number) => `
  SELECT md5('r' || i) AS requestid, substr(md5('x' || i), 1, 15) || '=' AS extendedrequestid,
    CAST(${startOf(day, inputs.timeZone)} + (i - ${first}) * 86400000 // ${count} AS VARCHAR) AS requesttime,
    'POST' AS httpmethod, CASE WHEN i % 3 = 0 THEN 'POST /invocations' ELSE 'POST /inference' END AS routekey,
    CASE WHEN i % 50 = 0 THEN '500' ELSE '200' END AS status,
    'user-' || hash(i) % 200 || '@example.org' AS "user",
    CAST(hash(i + 1) % 900000 AS VARCHAR) AS responselength, CAST(hash(i + 2) % 900000 AS VARCHAR) AS dataprocessed,
    CAST(hash(i + 3) % 29000 AS VARCHAR) AS responselatency, CAST(hash(i + 4) % 29000 AS VARCHAR) AS integrationlatency,
    '200' AS integrationstatus
  FROM range(${first}, ${first + count}) AS t(i)`
