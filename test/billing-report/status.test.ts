import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startOf } from '../../lib/service/calendar.ts'
import { type BillingAccount, openBillingAccount, put } from '../fakes/billing-account.ts'
import { fillDays, runBilling } from '../fixtures/billing-run.ts'
import { startDuckDb } from '../fixtures/duckdb.ts'

const duck = startDuckDb()
afterAll(() => duck.stop())

let account: BillingAccount
beforeEach(async () => {
  account = await openBillingAccount(duck)
  account.now = () => startOf('2026-09-03', 'Asia/Seoul') + 1
})

const status = async () => await runBilling(account, { mode: 'status' })
const table = (change: object) => () => {
  if (account.table) account.table = { ...account.table, ...change }
}
const stream = (change: object) => () => {
  if (account.stream) account.stream = { ...account.stream, ...change }
}
const group = (change: object) => () => {
  if (account.workgroup) account.workgroup = { ...account.workgroup, ...change }
}
const parameters = (change: object) => () =>
  table({ parameters: { ...account.table?.parameters, ...change } })()

describe('the status of the pipeline', () => {
  it('is healthy where each part is there, with the files of the last days', async () => {
    await fillDays(account, '2026-09-01', '2026-09-02')
    const { outputs, failure, report, summary } = await status()
    expect([outputs, failure]).toEqual([{ result: 'status', verdict: 'healthy' }, undefined])
    expect((report.parts as object[]).slice(0, -2)).toMatchObject(
      [
        'subscription',
        'delivery',
        'freshness',
        'table',
        'columns',
        'projection',
        'workgroup',
        'error prefix',
      ].map((part) => ({
        part,
        verdict: 'ok',
      })),
    )
    expect((report.parts as object[]).at(-1)).toEqual({
      ...{ part: 'cost', name: 's3://logs', verdict: 'ok', advice: '' },
      state:
        '8 B of the log and 0 B of roll-ups are kept, 0.00 USD a month; the last 30 days and their bill scan about 360.0 MiB, 0.00 USD; by the list prices of 2026-11-26',
    })
    expect(report.arrivals).toContainEqual({ day: '2026-09-02', objects: 1, bytes: 4 })
    expect(summary.markdown).toContain('Billing pipeline: healthy')
  })

  it.each<[string, string, () => void, string]>([
    ['subscription', 'no log group', () => (account.filters = undefined), 'no such log group'],
    ['subscription', 'no filter', () => (account.filters = []), 'sends nothing to ddn-access-logs'],
    [
      'subscription',
      'a filter for some',
      () => (account.filters = account.filters?.map((filter) => ({ ...filter, pattern: 'ERROR' }))),
      'sends only what matches "ERROR"',
    ],
    ['delivery', 'no stream', () => (account.stream = undefined), 'missing'],
    ['delivery', 'a stream that is not active', stream({ status: 'CREATING_FAILED' }), 'CREATING_FAILED'],
    ['delivery', 'a stream to elsewhere', stream({ prefix: 'other/year=' }), 'writes to s3://logs/other/'],
    ['delivery', 'days of another zone', stream({ timeZone: 'UTC' }), 'partitions by the days of UTC'],
    [
      'delivery',
      'errors elsewhere',
      stream({ errorPrefix: 'errors/' }),
      'puts rejected records below errors/',
    ],
    [
      'freshness',
      'rows that wait',
      () => account.freshness.set(account.now() - 1 - 3_600_000, 3601),
      'the oldest row waited 61 minutes, and is not in the log',
    ],
    ['table', 'no table', () => (account.table = undefined), 'missing'],
    [
      'columns',
      'a column less',
      () => table({ columns: account.table?.columns.slice(1) })(),
      'without requestid',
    ],
    ['projection', 'no projection', parameters({ 'projection.enabled': 'false' }), 'is not enabled'],
    [
      'projection',
      'years that are over',
      parameters({ 'projection.year.range': '2024,2025' }),
      'from 2024 to 2025',
    ],
    ['projection', 'days of one digit', parameters({ 'projection.day.digits': '1' }), 'day has 1 digits'],
    [
      'projection',
      'another place',
      parameters({ 'storage.location.template': 's3://logs/old/' }),
      'looks at s3://logs/old/',
    ],
    ['workgroup', 'no workgroup', () => (account.workgroup = undefined), 'missing'],
    ['workgroup', 'one that is disabled', group({ enabled: false }), 'disabled'],
    ['workgroup', 'one that enforces', group({ enforced: true }), 'enforces its settings'],
    ['workgroup', 'one without a place', group({ outputLocation: undefined }), 'has no place for results'],
    [
      'error prefix',
      'a record in it',
      () => put(account, 's3://logs/access-logs-errors/x/year=2026/month=09/day=02/a', '{}\n{}\n'),
      '2 records in 7 days could not be converted',
    ],
  ])('is broken at the %s with %s', async (part, _, change, state) => {
    change()
    const { outputs, failure, report } = await status()
    expect(outputs.verdict).toBe('broken')
    expect(failure).toContain(state)
    const broken = (report.parts as { part: string; verdict: string; advice: string }[]).filter(
      ({ verdict }) => verdict === 'broken',
    )
    expect(report.arrivals).toHaveLength(part === 'table' ? 0 : 7)
    expect(broken).toMatchObject([{ part, advice: expect.stringMatching(/\w/) }])
  })

  it('judges by the last hour of which Firehose tells', async () => {
    const hour = account.now() - 1
    account.freshness = new Map([
      [hour - 3_600_000, 7200],
      [hour, 3600],
    ])
    const { report } = await status()
    expect(report.parts).toContainEqual(
      expect.objectContaining({
        part: 'freshness',
        verdict: 'ok',
        state: 'the oldest row waited 60 minutes',
      }),
    )
  })

  it('warns of roll-ups that are missing or stale', async () => {
    await fillDays(account, '2026-09-01', '2026-09-02')
    const rollUps = async () =>
      (
        (await status()).report.parts as { part: string; verdict: string; state: string; advice: string }[]
      ).at(-2)
    expect(await rollUps()).toMatchObject({
      part: 'roll-ups',
      verdict: 'warning',
      advice: 'run mode daily with backfill 2026-08-29..2026-09-02; a bill makes those that it needs, too',
    })
    await runBilling(account, { mode: 'daily', backfill: '2026-08-29..2026-09-02' })
    const name = 'ddn_billing_db.rollup_daily'
    expect(await rollUps()).toMatchObject({ part: 'roll-ups', name, verdict: 'ok', advice: '' })
    account.partitions.get('rollup_daily')?.delete('2026-09-01')
    await fillDays(account, '2026-09-02', '2026-09-02')
    expect((await rollUps())?.state).toMatch(
      /2026-08-30 \(new files\), 2026-08-31 \(new files\), 2026-09-01 \(missing\), …$/,
    )
    await account.expire('2026-09-02')
    await fillDays(account, '2026-09-02', '2026-09-02')
    expect((await rollUps())?.advice).toMatch(
      /^roll-up of 2026-08-30, .*1 file: 1 of 2026-09-02.*; restore them/,
    )
  })
})
