import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { countRows, partitionsOf, readRollUp, rollUp } from '../../../actions/billing-report/plan/sql.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

const source = { database: 'd', table: 't' }
const march = monthPeriod('2026-03', 'Asia/Seoul')
const target = { table: 'u', location: 's3://b/u/', versionStarts: [1, 2] }

it('reads whole months by their number, and the rest by days', () => {
  expect(partitionsOf('2026-02-28', '2026-04-02')).toBe(
    `("year" = '2026' AND "month" = '02' AND ("day" = '28')) OR ("year" = '2026' AND "month" = '03') OR ` +
      `("year" = '2026' AND "month" = '04' AND ("day" = '01'))`,
  )
  expect(partitionsOf('2026-12-01', '2027-01-01')).toBe(`("year" = '2026' AND "month" = '12')`)
})

it('gives the borders as values, in epoch milliseconds', () => {
  const parameters = [String(Date.UTC(2026, 1, 28, 15)), String(Date.UTC(2026, 2, 31, 15))]
  expect(countRows(source, march, 3).parameters).toEqual(parameters)
  expect(rollUp(source, march, 3, target).parameters).toEqual(parameters)
})

it('numbers the versions of the rates from the first on', () => {
  expect(rollUp(source, march, 3, target).sql).toContain(
    'CASE WHEN event_ms < 1 THEN -1 WHEN event_ms < 2 THEN 0 ELSE 1 END AS rates_version',
  )
})

// DuckDB and Trino mean the same by these, and by no other: see BILLING of the design, section 2.
const allowed = new Set([
  'TRY_CAST',
  'COALESCE',
  'NULLIF',
  'COUNT',
  'SUM',
  'WITH',
  'FROM',
  'AND',
  'WHERE',
  'WHEN',
  'OR',
])

it('uses only functions that mean the same everywhere, and no division', () => {
  for (const { sql } of [
    countRows(source, march, 3),
    rollUp(source, march, 3, target),
    readRollUp('d', 'u'),
  ]) {
    const plain = sql.replace(/'[^']*'|"[^"]*"/g, '')
    const called = [...plain.matchAll(/([A-Z_]+)\s*\(/gi)].map(([, name = '']) => name.toUpperCase())
    expect(called.filter((name) => !allowed.has(name))).toEqual([])
    expect(plain).not.toMatch(/\/|\|\||%|SELECT\s+DISTINCT|OVER\s*\(/i)
  }
})

describe('the columns of a roll-up', () => {
  // As the billing stack declares them; `user` is a word of SQL.
  const template = readFileSync('cloudformation/billing.yml', 'utf8')
  const [, storage = ''] = template.split('StorageDescriptor:')
  const logged = [...storage.matchAll(/- \{Name: (\w+), Type: string\}/g)].map(([, name = '']) =>
    name === 'user' ? '"user"' : name,
  )
  const summed = ['responselength', 'dataprocessed', 'responselatency', 'integrationlatency']
  const create = rollUp(source, march, 3, target).sql
  const read = readRollUp('d', 'u')

  it('tell two rows apart by every column of the log', () => {
    expect(logged).toHaveLength(12)
    const all = logged.join(', ')
    expect(create).toContain(`SELECT ${all}, event_ms, malformed, COUNT(*) AS copies`)
    expect(create).toContain(`GROUP BY ${all}, event_ms, malformed\n`)
    expect(countRows(source, march, 3).sql).toContain(`SELECT ${all},\n`)
  })

  it('add up each quantity, and nothing of a malformed row', () => {
    for (const name of summed)
      expect(create).toContain(
        `  SUM(CASE WHEN malformed = 1 THEN 0 ELSE COALESCE(TRY_CAST(${name} AS BIGINT), 0) END) AS ${name}`,
      )
    expect(create).toContain(`    malformed, copies, ${summed.join(', ')}\n`)
  })

  it('are read as they were written, without a NULL, in an order', () => {
    const keys = ['"user"', 'rates_version', 'routekey', 'status', 'row_class']
    const numbers = ['requests', 'duplicates', ...summed]
    const [, selected = ''] = /^SELECT (.*)\nFROM "d"\."u"\n/s.exec(read.sql) ?? []
    const columns = selected.split(/,\s+(?=COALESCE)/)
    expect(columns).toEqual([
      ...keys.map((key) => `COALESCE(${key}, ${key === 'rates_version' ? '0' : "''"}) AS ${key}`),
      ...numbers.map((name) => `COALESCE(${name}, 0) AS ${name}`),
    ])
    expect(read.sql.endsWith(`\nORDER BY ${keys.join(', ')}`)).toBe(true)
    expect(create.endsWith(`\nGROUP BY ${keys.join(', ')}`)).toBe(true)
    expect(create).toContain(`SELECT ${keys.join(', ')},\n`)
    expect(read.parameters).toEqual([])
  })

  it('know the days of part of a month one by one', () => {
    expect(partitionsOf('2026-03-30', '2026-04-01')).toBe(
      `("year" = '2026' AND "month" = '03' AND ("day" = '30' OR "day" = '31'))`,
    )
  })
})
