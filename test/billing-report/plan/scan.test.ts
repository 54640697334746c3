import { expect, it } from 'vitest'
import { estimateMonthScan, estimateScan, verifyScan } from '../../../actions/billing-report/plan/scan.ts'

it('counts the files of each roll-up, and refuses more than is left', () => {
  const arrivals = new Map(
    ['01', '02', '03'].map((day) => [`2026-03-${day}`, [{ key: day, size: 5, etag: '' }]]),
  )
  const rollUps = [
    { window: { first: '2026-03-01', next: '2026-03-03' } },
    { window: { first: '2026-03-02', next: '2026-03-04' } },
  ]
  expect(estimateScan(rollUps, arrivals)).toBe(20)
  const MiB = 2 ** 20
  expect(estimateMonthScan(rollUps, arrivals, 11 * MiB)).toBe((2 * 10 + 6 * 11) * MiB)
  const large = new Map([['2026-03-02', [{ key: '', size: 12 * MiB, etag: '' }]]])
  expect(estimateMonthScan(rollUps, large, 0)).toBe((2 * 12 + 6 * 10) * MiB)
  expect(() => verifyScan('2 days', 20, 19, ', or fewer')).toThrow(
    'max-data-scanned: 2 days, whose files have 20 bytes, more than the 19 that are left; raise it, or fewer',
  )
  for (const left of [20, undefined]) expect(() => verifyScan('', 20, left)).not.toThrow()
})
