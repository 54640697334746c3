import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { scannedBytes } from '../../../actions/billing-report/apply/query.ts'
import { type BillingRecord, startRecord } from '../../../actions/billing-report/apply/record.ts'
import { compareTotals } from '../../../actions/billing-report/bill/comparison.ts'
import type { Finding } from '../../../actions/billing-report/bill/finding.ts'
import { parseDecimal, whole } from '../../../actions/billing-report/rates/decimal.ts'
import { describeFiles, listWritten } from '../../../actions/billing-report/report/bill-files.ts'
import { holdBudget } from '../../../actions/billing-report/report/budget.ts'
import { tellComparison } from '../../../actions/billing-report/report/comparison.ts'
import { describeRun, reportUnbalanced } from '../../../actions/billing-report/report/report.ts'
import { reportClosed, reportTaken } from '../../../actions/billing-report/report/report-closed.ts'
import { reportDays, reportPlanned } from '../../../actions/billing-report/report/report-days.ts'
import { reportIncomplete } from '../../../actions/billing-report/report/report-incomplete.ts'
import { reportStatus } from '../../../actions/billing-report/report/report-status.ts'
import { md } from '../../../lib/markdown.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { billOf, usageRow } from '../../fixtures/bill.ts'
import { makeRates } from '../../fixtures/rates.ts'

const known = { title: 'Bill of 2026-02', done: ['query q'] }
const period = monthPeriod('2026-02', 'UTC')
const empty = { outputs: { result: 'billed' }, summary: md`bill`, report: { result: 'billed', total: '7' } }
const amount = (text: string) => parseDecimal(text) ?? expect.fail(text)

describe('a run that ends early', () => {
  const record: BillingRecord = {
    queries: new Map<string, { id: string; scannedBytes: number } | 'running' | 'stopped'>([
      ['facts', { id: 'q1', scannedBytes: 1024 }],
      ['count', { id: 'q2', scannedBytes: 2048 }],
      ['add up', 'running'],
      ['read', 'stopped'],
    ]),
    files: ['bill/a.csv'],
    left: ['the files are not uploaded'],
  }

  it('tells what it did, what it did not, what goes on and what that cost', () => {
    expect(describeRun('Bill', record)).toEqual({
      title: 'Bill',
      outputs: { 'data-scanned-bytes': '3072' },
      done: ['query facts: q1, 1.0 KiB scanned', 'query count: q2, 2.0 KiB scanned', 'wrote bill/a.csv'],
      notDone: ['query add up: running', 'query read: stopped', 'the files are not uploaded'],
      goesOn: ['query add up'],
      costs: ['3.0 KiB scanned by Athena'],
      report: {
        scannedBytes: 3072,
        queries: [
          { what: 'facts', id: 'q1', scannedBytes: 1024 },
          { what: 'count', id: 'q2', scannedBytes: 2048 },
        ],
        files: ['bill/a.csv'],
      },
    })
    expect(scannedBytes(record)).toBe(3072)
    const { costs, notDone } = describeRun('Bill', startRecord())
    expect([costs, notDone]).toEqual([[], ['nothing is published']])
  })

  it('is told by what made the files, beside them', () => {
    expect(describeFiles({ runId: 'r', record }, Date.UTC(2026, 2, 5))).toEqual({
      ...{ run: 'r', time: '2026-03-05T00:00:00.000Z' },
      queries: [
        { what: 'facts', id: 'q1', scannedBytes: 1024 },
        { what: 'count', id: 'q2', scannedBytes: 2048 },
        { what: 'add up', state: 'running' },
        { what: 'read', state: 'stopped' },
      ],
    })
    const files = ['bill/a.csv', 'bill/statements/b.csv', 'bill\\statements\\c.csv']
    expect(listWritten(files, 2)).toEqual(['wrote bill/a.csv', 'wrote statements of 2 users'])
    expect(listWritten(['bill/a.csv'], 0)[1]).toMatch(/^wrote no statements: expected 1 to \d+ users$/)
  })

  it('publishes nothing where an equation does not hold, or another run was faster', () => {
    const odd = reportUnbalanced(period, 'one row more', known)
    expect(odd.outputs.result).toBe('unbalanced')
    expect(odd.failure).toContain('unbalanced: one row more; nothing is published')
    expect(odd.report).toMatchObject({ why: 'one row more', month: '2026-02', done: ['query q'] })
    const taken = reportTaken(period, known)
    expect([taken.outputs.result, taken.failure]).toEqual([
      'refused',
      expect.stringContaining('another run has closed 2026-02 with another bill'),
    ])
  })
})

describe('the budget', () => {
  const bill = { month: '2026-02', currency: 'EUR', decimals: 2 }

  it.each([
    ['7.01', '7', true],
    ['7', '7.00', false],
    ['6.99', '7', false],
    ['7', undefined, false],
    ['-1', '0', false],
  ])('of a total of %s and %s is exceeded: %s', (total, budget, isAbove) => {
    const { outputs, report, failure } = holdBudget(empty, { ...bill, total: amount(total) }, budget)
    expect([outputs.result, report.result, report.total]).toEqual(
      isAbove ? ['over-budget', 'over-budget', '7'] : ['billed', 'billed', '7'],
    )
    expect(failure).toEqual(
      isAbove
        ? expect.stringContaining('the total of 2026-02 is 7.01 EUR, and budget-total 7.00 EUR')
        : undefined,
    )
  })

  it('holds for a month that was closed before, which keeps its rates', () => {
    const digest = createHash('sha256').update('rates').digest('hex')
    const closed = {
      ...{
        month: '2026-02',
        timeZone: 'UTC',
        partitionZone: 'UTC',
        lateDays: 3,
        adjustMonths: 3,
        zoneData: '',
      },
      ...{
        rows: '9',
        requests: '8',
        currency: 'EUR',
        decimals: 2,
        total: '7.00',
        totals: {},
        adjustments: [],
      },
      files: { 'rates.yml': digest },
    }
    const report = (ratesText: string, budgetTotal?: string) =>
      reportClosed(closed, { ratesText, budgetTotal, files: ['bill/a.csv'] })
    const same = report('rates', '7')
    expect(same.failure).toBeUndefined()
    expect(same.outputs).toEqual({
      result: 'closed',
      requests: '8',
      total: '7.00',
      'data-scanned-bytes': '0',
    })
    expect(same.report).toMatchObject({ hasOtherRates: false, files: ['bill/a.csv'], scannedBytes: 0 })
    expect(same.summary.markdown).not.toContain('another than')
    const other = report('other', '6.99')
    expect([other.outputs.result, other.report.hasOtherRates]).toEqual(['over-budget', true])
    expect(other.failure).toContain('is 7.00 EUR, and budget-total 6.99 EUR')
    expect(other.summary.markdown).toContain('another than the one the month was closed with')
  })
})

describe('roll-ups of days', () => {
  const day = (name: string, why = 'missing') => ({ plan: { day: name }, why, gone: [] })
  const facts = (rows: bigint) => ({ rows, read: rows })
  const result = {
    stale: [day('2026-02-01'), day('2026-02-02', 'new files'), day('2026-02-03')],
    published: ['2026-02-01'],
    postponed: ['2026-02-02'],
    odd: undefined,
    facts: new Map([
      ['2026-02-01', facts(1234n)],
      ['2026-02-03', facts(5n)],
    ]),
  }
  const run = { scannedBytes: 1024, days: ['2026-02-01', '2026-02-02', '2026-02-03'], known }
  const days = [
    { day: '2026-02-01', why: 'missing', outcome: 'rolled up', rows: '1234' },
    { day: '2026-02-02', why: 'new files', outcome: 'postponed: files still arrive', rows: '0' },
    { day: '2026-02-03', why: 'missing', outcome: 'odd', rows: '5' },
  ]

  it('are told one by one; only what is published counts', () => {
    const { outputs, summary, report } = reportDays(result as never, run)
    expect(outputs).toEqual({ result: 'rolled-up', requests: '1234', 'data-scanned-bytes': '1024' })
    expect(report).toEqual({ result: 'rolled-up', days, checked: run.days, scannedBytes: 1024 })
    expect(summary.markdown.split('\n').filter((line) => line !== '')).toEqual([
      '## Roll-ups of 2026-02-01 to 2026-02-03',
      '**1 of 3 days rolled up, 1 postponed**; 1,234 rows.',
      '| day | it was | now | rows |',
      '| --- | --- | --- | ---: |',
      '| 2026-02-01 | missing | rolled up | 1,234 |',
      '| 2026-02-02 | new files | postponed: files still arrive | 0 |',
      '| 2026-02-03 | missing | odd | 5 |',
      '1.0 KiB scanned.',
    ])
    const none = reportDays({ ...result, stale: [], published: [], postponed: [] } as never, run)
    expect(none.summary.markdown).toContain('All 3 days are up to date.')
  })

  it('fail where a row is not accounted for, with the same table', () => {
    const { outputs, failure, report, summary } = reportDays(
      { ...result, odd: '2026-02-03: x' } as never,
      run,
    )
    expect([outputs.result, failure]).toEqual([
      'unbalanced',
      'unbalanced: 2026-02-03: x; the earlier roll-up of the day stays',
    ])
    expect(report).toMatchObject({ days, checked: run.days, scannedBytes: 1024, done: ['query q'] })
    expect(summary.markdown).toContain('| 2026-02-03 | missing | odd | 5 |')
  })

  it('are planned with the statements and the bytes that they would scan', () => {
    const statements = [{ sql: 'SELECT ?', parameters: ["'x'"] }]
    const { outputs, summary, report } = reportPlanned(
      '2026-02',
      { stale: result.stale as never, bytes: 2048 },
      statements,
    )
    expect(outputs).toEqual({ result: 'planned' })
    expect(report).toEqual({
      ...{ result: 'planned', period: '2026-02', estimatedBytes: 2048, statements },
      days: result.stale.map(({ plan, why }) => ({ day: plan.day, why })),
    })
    expect(summary.markdown).toContain('- roll up 2026-02-02 (new files)')
    expect(summary.markdown).toContain('have 2.0 KiB.')
    expect(summary.markdown).toContain("```sql\nSELECT ?\n-- ? = 'x'\n```")
  })
})

describe('a bill that may be incomplete', () => {
  const finding = (number: number, more: Partial<Finding> = {}): Finding => ({
    ...{ id: 'empty-days', value: `2026-02-0${number}`, text: `no row on ${number}`, blocks: true },
    ...{ accepted: false, ...more },
  })

  it('names what has to be accepted, and some of why', async () => {
    const rates = makeRates({
      '2026-01-01': [
        '{id: calls, match: {routes: ["GET /x"], status: [200]}, unit: request, tiers: [{price: "1"}]}',
      ],
    })
    const findings = [
      ...[finding(8, { accepted: true }), finding(9, { blocks: false })],
      ...[1, 2, 3, 4, 5, 7].map((number) => finding(number)),
    ]
    const { bill } = await billOf(period, [usageRow('a', 1n)], rates)
    const { outputs, failure, report, summary } = reportIncomplete({ ...bill, findings }, known)
    expect(outputs.result).toBe('incomplete')
    expect(failure).toBe(
      `incomplete: ${[1, 2, 3, 4, 5].map((number) => `no row on ${number}`).join('; ')}; 1 more; nothing is published; mend it, or set accept to empty-days=2026-02-01..2026-02-05, empty-days=2026-02-07`,
    )
    expect(report).toMatchObject({ month: '2026-02', findings, done: ['query q'] })
    expect(summary.markdown).toContain('| empty-days | 2026-02-09 | no row on 9 |')
    const five = reportIncomplete({ ...bill, findings: findings.slice(0, 7) }, known)
    expect(five.failure).not.toContain('more')
  })
})

it('shows the hundred largest changes of a comparison, and the others so that columns add up', () => {
  const totals = (change: number) =>
    new Map(Array.from({ length: 1101 }, (_, at) => [`u${at}`, whole(BigInt(at === 7 ? 5000 : change * at))]))
  const comparison = compareTotals(totals(2), totals(1))
  const { summary, report } = tellComparison(empty, comparison, {
    ...{ paths: ['now.yml', 'new.yml'] as const, currency: 'EUR', decimals: 2 },
  })
  const rows = summary.markdown
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/[|\\,_* ]/g, '')))
  expect(rows[0]).toEqual(['user', 'now.yml', 'new.yml', 'change'])
  expect(rows[1]).toEqual(['---', '---:', '---:', '---:'])
  expect(rows).toHaveLength(104)
  expect(rows.at(-2)?.[0]).toBe('1001others')
  for (const at of [1, 2, 3]) {
    const cells = rows.slice(2).map((row) => Number(row[at]))
    expect(cells.slice(0, -1).reduce((sum, each) => sum + each, 0)).toBeCloseTo(cells.at(-1) ?? Number.NaN, 6)
  }
  expect(report.comparison).toMatchObject({
    ...{ rates: 'now.yml', compareRates: 'new.yml', currency: 'EUR', users: 1101 },
    largest: { length: 1000, 0: { user: 'u1100', now: '2200.00', other: '1100.00' } },
    others: { users: 101 },
  })
  expect([report.total, summary.markdown.endsWith('bill')]).toEqual(['7', true])
})

describe('the status', () => {
  const part = { part: 'delivery', name: 'd', verdict: 'ok' as const, state: 'active', advice: '' }
  const arrivals = [{ day: '2026-02-01', objects: 2, bytes: 2048 }]

  it('is a failure where a part is broken, and no failure where one warns', () => {
    const warning = { ...part, verdict: 'warning' as const }
    const { outputs, failure, summary, report } = reportStatus({ parts: [part, warning], arrivals })
    expect([outputs, failure]).toEqual([{ result: 'status', verdict: 'healthy' }, undefined])
    expect(summary.markdown).toContain(
      '| day of arrival | files | size |\n| --- | ---: | ---: |\n| 2026-02-01 | 2 | 2.0 KiB |',
    )
    expect(report).toMatchObject({ verdict: 'healthy', arrivals })
    const broken = {
      ...part,
      part: 'table',
      name: 't',
      verdict: 'broken' as const,
      state: 'missing',
      advice: 'deploy',
    }
    const bad = reportStatus({ parts: [part, broken, { ...broken, name: 'u' }], arrivals: [] })
    expect(bad.outputs.verdict).toBe('broken')
    expect(bad.failure).toBe('the pipeline is broken: table t: missing (deploy); table u: missing (deploy)')
  })
})
