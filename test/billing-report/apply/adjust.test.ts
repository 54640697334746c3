import { expect, it } from 'vitest'
import { countUnreachable } from '../../../actions/billing-report/apply/adjust.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

const period = monthPeriod('2026-03', 'UTC')
const arrival = { partitionZone: 'UTC', lateDays: 3 }
const closed = [{ month: '2026-01' }] as never

it.each<[string, string, string, bigint]>([
  ['of the month itself', '2026-03-20', '2026-03', 0n],
  ['of a closed month, which is corrected', '2026-03-20', '2026-01', 0n],
  ['of a month that is not closed, in its late days', '2026-03-03', '2026-02', 0n],
  ['of a month that is not closed, after its late days', '2026-03-04', '2026-02', 5n],
  ['of a month that is too long ago', '2026-03-01', '2025-12', 5n],
  ['of an unknown month', '2026-03-01', '', 5n],
  ['that arrived before the month', '2026-02-28', '2025-12', 0n],
  ['that arrived after the month', '2026-04-01', '2025-12', 0n],
])('counts the rows that no bill reaches: %s', (_, day, month, count) => {
  const days = new Map([[day, { late: new Map([[month, 5n]]) }]]) as never
  expect(countUnreachable(period, closed, days, arrival)).toBe(count)
})

it('adds up the rows of all days and months', () => {
  const late = new Map([
    ['2025-12', 5n],
    ['2025-11', 2n],
    ['2026-01', 9n],
  ])
  const days = new Map([
    ['2026-03-01', { late }],
    ['2026-03-31', { late }],
  ]) as never
  expect(countUnreachable(period, closed, days, arrival)).toBe(14n)
})
