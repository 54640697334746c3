import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logColumns } from '../../../actions/billing-report/input-table.ts'
import { readInputs } from '../../../actions/billing-report/inputs.ts'
import { planDay } from '../../../actions/billing-report/plan/day-plan.ts'
import {
  addDaysUp,
  countBeyond,
  readDayRequests,
  readFacts,
  readLatency,
  readStagedFacts,
  selectDays,
  selectMonth,
  selectUsage,
  takeMonth,
} from '../../../actions/billing-report/plan/month-sql.ts'
import { countPartitions, isWhole, partitionsOf, rollUp } from '../../../actions/billing-report/plan/sql.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { otherEngine, startSqlEngine } from '../../fixtures/duckdb.ts'

const duck = startSqlEngine()
// Trino takes a minute to start.
beforeAll(async () => void (await duck.run('SELECT 1')), 120_000)
afterAll(() => duck.stop())

const inputs = readInputs({ database: 'd', table: 't', columns: 'user=caller' })
const march = monthPeriod('2026-03', 'Asia/Seoul')
const day = planDay(inputs, '2026-03-14')
const target = { table: 'u', location: 's3://b/u/' }
const window = { first: '2026-04-01', next: '2026-04-03' }
const statements = [
  rollUp(inputs, { ...day, versionStarts: [1, 2] }, target),
  countPartitions(inputs, day.window),
  addDaysUp('d', march, ['2026-01-01', '2026-03-16'], target),
  takeMonth('d', 'u', target),
  selectUsage('d', 'u'),
  readFacts('d', window),
  readDayRequests('d', window),
  selectDays('d', march, ['2026-01-01', '2026-03-16']),
  selectMonth(inputs, { ...day, versionStarts: [1, 2] }),
  readLatency('d', window),
  readStagedFacts('d', new Map([['2026-03-01', 'u']])),
  countBeyond(inputs, march, { window, lateBefore: () => 5 }),
]

it('reads whole months by their number, and the rest by days', () => {
  expect(partitionsOf({ first: '2026-02-28', next: '2026-04-02' })).toBe(
    `("year" = '2026' AND "month" = '02' AND ("day" = '28')) OR ("year" = '2026' AND "month" = '03') OR ` +
      `("year" = '2026' AND "month" = '04' AND ("day" = '01'))`,
  )
  expect(partitionsOf({ first: '2026-12-01', next: '2027-01-01' })).toBe(
    `("year" = '2026' AND "month" = '12')`,
  )
})

it('numbers the versions of the rates from the first on', () => {
  expect(statements[0]?.sql).toContain('CASE WHEN event_ms < 1 THEN -1 WHEN event_ms < 2 THEN 0 ELSE 1 END')
  expect(statements[2]?.sql).toContain(
    `CASE WHEN "day" < '2026-01-01' THEN -1 WHEN "day" < '2026-03-16' THEN 0 ELSE 1 END AS rates_version`,
  )
})

// DuckDB and Trino mean the same by these, and by no other: see BILLING of the design, section 2.
const allowed = new Set(
  'TRY_CAST CAST COALESCE NULLIF COUNT SUM WITH FROM AND WHERE WHEN OR AS BY SETS CASE ALL'.split(' '),
)

it('uses only functions that mean the same everywhere, and no division', () => {
  for (const { sql } of statements) {
    const plain = sql.replace(/'[^']*'|"[^"]*"/g, '')
    const called = [...plain.matchAll(/([A-Z_]+)\s*\(/gi)].map(([, name = '']) => name.toUpperCase())
    expect(called.filter((name) => !allowed.has(name))).toEqual([])
    expect(plain).not.toMatch(/\/|\|\||%|SELECT\s+DISTINCT|OVER\s*\(/i)
  }
})

// DuckDB has no properties of a table.
it.runIf(otherEngine)('is parsed by Trino', async () => {
  for (const { sql } of statements) await duck.run(`PREPARE statement FROM ${sql}`)
})

it('has parameters in WHERE only, and one for each place', () => {
  for (const { sql, parameters } of statements) {
    const places = [...sql.matchAll(/\?/g)].map(({ index }) => sql.slice(0, index))
    expect(places).toHaveLength(parameters.length)
    for (const before of places) expect(before.split(/\b(SELECT|WHERE|GROUP BY)\b/).at(-2)).toBe('WHERE')
  }
})

it('reads every column of the log, by the name that the table has for it', () => {
  const template = readFileSync('cloudformation/billing.yml', 'utf8')
  const [, storage = ''] = template.split('StorageDescriptor:')
  const logged = [...storage.matchAll(/- \{Name: (\w+), Type: string\}/g)].map(([, name = '']) => name)
  expect(logged).toEqual([...logColumns])
  for (const name of logColumns) {
    const column = name === 'user' ? 'caller' : name
    expect(statements[0]?.sql).toContain(`"${column}" AS "${name}"`)
  }
})

describe('a whole number in a text', () => {
  const whole = ['0', '7', '42', '1042', '9223372036854775807']
  const others = [
    ...['', ' ', '-', '12x', 'x12', '-1', '-0', '+5', ' 5', '5 ', '\t5', '5\n', '007', '00', '1.0', '1.5'],
    ...[
      '.5',
      '5.',
      '1e3',
      '1E3',
      '1_000',
      '1,000',
      '0x10',
      '0b1',
      '0o7',
      '٣',
      '１２',
      'NaN',
      'Infinity',
      'null',
    ],
    ...['true', '9223372036854775808', '99999999999999999999', "1'", '1;', '--1', '1-', '½', '1 000', '１'],
  ]

  it.each(whole)('is %j', async (text) => {
    expect(await readable(text)).toBe('1')
  })

  it.each(others)('is not %j', async (text) => {
    expect(await readable(text)).toBe('0')
  })

  it('is not NULL', async () => {
    const { rows } = await duck.run(
      `SELECT CASE WHEN ${isWhole('x')} THEN 1 ELSE 0 END AS whole FROM (SELECT CAST(NULL AS VARCHAR) AS x)`,
    )
    expect(rows[0]?.whole).toBe('0')
  })

  async function readable(text: string) {
    const literal = `'${text.replaceAll("'", "''")}'`
    const { rows } = await duck.run(
      `SELECT CASE WHEN ${isWhole('x')} THEN 1 ELSE 0 END AS whole FROM (SELECT ${literal} AS x)`,
    )
    return rows[0]?.whole
  }
})
