import { describe, expect, it } from 'vitest'
import { readInputs } from '../../../actions/billing-report/inputs.ts'
import { isDraft, planDays, planRecentDays } from '../../../actions/billing-report/plan/month-plan.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

const march = monthPeriod('2026-03', 'Asia/Seoul')
const asked = (draft: boolean) => ({ lateDays: 3, draft, timeZone: 'Asia/Seoul' })
const daily = (given: Record<string, string> = {}) => readInputs({ mode: 'daily', ...given })

describe('the bill of a month', () => {
  const at = (day: number, hour = 0) => Date.UTC(2026, 3, day, hour)

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

  it('is refused before the month has begun, also as a draft', () => {
    const april = monthPeriod('2026-05', 'Asia/Seoul')
    expect(() => isDraft(april, asked(true), at(30, 14))).toThrow(
      'month: 2026-05 has not begun; it can be billed from 2026-06-04 on',
    )
    expect(isDraft(april, asked(true), at(30, 15))).toBe(true)
  })
})

describe('the days', () => {
  const names = (plans: readonly { day: string }[]) => plans.map(({ day }) => day)

  it('of a month are those that have begun', () => {
    const now = Date.UTC(2026, 2, 2, 15)
    expect(names(planDays(march, daily(), now))).toEqual(['2026-03-01', '2026-03-02', '2026-03-03'])
    expect(planDays(march, daily(), Date.UTC(2026, 5, 1))).toHaveLength(31)
  })

  it('that daily looks at are those up to yesterday for which rows may still arrive', () => {
    const now = Date.UTC(2026, 2, 9, 15)
    const recent = ['2026-03-06', '2026-03-07', '2026-03-08', '2026-03-09']
    expect(names(planRecentDays(daily(), now))).toEqual(recent)
    expect(names(planRecentDays(daily({ 'late-days': '0' }), now))).toEqual(['2026-03-09'])
    expect(names(planRecentDays(daily({ day: '2026-01-31' }), now))).toEqual(['2026-01-31'])
    expect(names(planRecentDays(daily({ backfill: '2026-01-31..2026-02-01' }), now))).toEqual([
      '2026-01-31',
      '2026-02-01',
    ])
    expect(names(planRecentDays(daily({ day: '2026-03-10' }), now))).toEqual(['2026-03-10'])
    expect(() => planRecentDays(daily({ backfill: '2024-01-01..2025-12-31' }), now)).toThrow(
      'backfill: expected at most 400 days at once, got 731',
    )
    expect(() => planRecentDays(daily({ day: '2026-03-11' }), now)).toThrow('day: 2026-03-11 has not begun')
  })

  it('have the hours of CloudWatch, and the months to which a late row may belong', () => {
    const [plan = expect.fail('no plan')] = planDays(march, daily(), Date.UTC(2026, 2, 1))
    const first = Date.UTC(2026, 1, 28, 15)
    expect(plan.hourStarts).toEqual(Array.from({ length: 24 }, (_, at) => first + at * 3_600_000))
    const months = plan.lateMonths.map(({ name }) => name)
    expect([months.length, months[0], months[1], months.at(-1)]).toEqual([
      13,
      '2026-03',
      '2026-02',
      '2025-03',
    ])
  })

  it('have other SQL in another zone, with other columns, and for another number of late days', () => {
    const now = Date.UTC(2026, 2, 9, 15)
    const digests = [{}, { timezone: 'Asia/Tokyo' }, { columns: 'user=caller' }, { 'late-days': '4' }].map(
      (given) => planRecentDays(daily({ day: '2026-03-01', ...given }), now)[0]?.sqlDigest,
    )
    // The days of Tokyo are those of Seoul: the same SQL.
    expect(new Set(digests).size).toBe(3)
  })
})
