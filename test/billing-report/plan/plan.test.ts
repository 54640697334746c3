import { describe, expect, it } from 'vitest'
import { readInputs } from '../../../actions/billing-report/inputs.ts'
import { isDraft, planRollUp } from '../../../actions/billing-report/plan/plan.ts'
import { countRows, partitionsOf, readRollUp, rollUp } from '../../../actions/billing-report/plan/sql.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { dayPeriod, monthPeriod } from '../../../lib/service/calendar.ts'

const inputs = {
  ...readInputs({ mode: 'monthly', rates: 'r.yml' }),
  ...{ database: 'logs', table: 'access', lateDays: 3 },
}
const march = monthPeriod('2026-03', 'Asia/Seoul')
const meters = '[{id: a, match: {routes: [x], status: [200]}, unit: request, tiers: [{price: "1"}]}]'
const rates = parseRates(
  `{version: 1, currency: KRW, decimals: 0, rates: [${['2026-01-01', '2026-03-16']
    .map((day) => `{valid-from: ${day}, meters: ${meters}}`)
    .join(', ')}]}`,
  'r.yml',
)
const run = { bucket: 'b', runId: '0123456789abcdef', rates }

describe('the plan of a roll-up', () => {
  it('of a month has a table and a folder of its own, and the borders of the rates', () => {
    const { table, location, create, read, count } = planRollUp(inputs, march, run)
    expect([table, location]).toEqual([
      'usage_2026_03_0123456789ab',
      's3://b/usage/month=2026-03/run=0123456789abcdef/',
    ])
    const versionStarts = [Date.UTC(2025, 11, 31, 15), Date.UTC(2026, 2, 15, 15)]
    expect(create).toEqual(rollUp(inputs, march, 3, { table, location, versionStarts }))
    expect(read).toEqual(readRollUp('logs', table))
    expect(count).toEqual(countRows(inputs, march, 3))
  })

  it('of a day needs no rates', () => {
    const day = dayPeriod('2026-03-05', 'Asia/Seoul')
    const { table, location, create } = planRollUp(inputs, day, { ...run, rates: undefined })
    expect([table, location]).toEqual([
      'rollup_2026_03_05_0123456789ab',
      's3://b/rollup/day=2026-03-05/run=0123456789abcdef/',
    ])
    expect(create.sql).toContain(' 0 AS rates_version')
  })

  it('reads what arrived from a day before the period to the late days after it', () => {
    const { count } = planRollUp(inputs, march, run)
    expect(count.sql).toContain(`WHERE ${partitionsOf('2026-02-28', '2026-04-05')}\n`)
    expect(count.sql).toContain(`CASE WHEN ${partitionsOf('2026-03-01', '2026-04-01')} THEN 1 ELSE 0 END`)
    expect(count.sql).toContain('FROM "logs"."access"')
  })
})

describe('the bill of a month', () => {
  const at = (day: number, hour = 0) => Date.UTC(2026, 3, day, hour)
  const asked = (draft: boolean) => ({ lateDays: 3, draft, timeZone: 'Asia/Seoul' })

  it('is a bill once late rows have arrived, in its zone', () => {
    expect(isDraft(march, asked(false), at(3, 15))).toBe(false)
    expect(isDraft(march, asked(true), at(3, 15))).toBe(false)
  })

  it('is a draft before, where one is asked for', () => {
    expect(isDraft(march, asked(true), at(3, 14))).toBe(true)
    expect(() => isDraft(march, asked(false), at(3, 14))).toThrow(
      'month: 2026-03 can be billed from 2026-04-04 on, when late rows have arrived; set draft to true for a draft now',
    )
  })
})
