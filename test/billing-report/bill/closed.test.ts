import { expect, it } from 'vitest'
import {
  closedTotal,
  closedTotals,
  parseClosed,
  postedBy,
} from '../../../actions/billing-report/bill/closed.ts'

const closed = {
  ...{ month: '2026-03', timeZone: 'Asia/Seoul', partitionZone: 'UTC', lateDays: 3, adjustMonths: 3 },
  ...{ zoneData: '2026a' },
  ...{ rows: '2', requests: '2', currency: 'KRW', decimals: 1, total: '12.5', files: {} },
  totals: { alice: '10.5', bob: '2' },
  adjustments: [{ month: '2026-02', user: 'bob', amount: '-0.5' }],
}
const amount = (value: bigint, scale: number) => ({ value, scale })

it('is read as it was written', () => {
  const bill = parseClosed(JSON.stringify(closed), 'bill.json')
  expect(bill).toEqual(closed)
  expect(closedTotal(bill)).toEqual(amount(125n, 1))
  expect(closedTotals(bill)).toEqual(
    new Map([
      ['alice', amount(105n, 1)],
      ['bob', amount(2n, 0)],
    ]),
  )
  expect(postedBy(bill)).toEqual([{ month: '2026-02', user: 'bob', amount: amount(-5n, 1) }])
  expect(() => closedTotal({ ...bill, total: 'much' })).toThrow(
    'a closed bill: expected an amount, got "much"',
  )
})

it.each(
  [
    ...(['month', 'timeZone', 'currency', 'decimals', 'totals', 'files', 'adjustments'] as const).map(
      (name) => [{ [name]: undefined }],
    ),
    ...[{ month: 3 }, { timeZone: 9 }, { currency: 1 }, { decimals: '0' }, { decimals: 0.5 }],
    ...[{ totals: '10' }, { totals: null }, { files: 'x' }, { files: null }, { adjustments: {} }].map(
      (more) => [more],
    ),
  ].flat(),
)('is refused where somebody has changed it: %j', (more) => {
  expect(() => parseClosed(JSON.stringify({ ...closed, ...more }), 's3://b/bill.json')).toThrow(
    's3://b/bill.json: expected a closed bill; restore an earlier version of it',
  )
})

it.each(['', '{"month": "2026-', 'null', '[]'])('is refused where it is no bill at all: %j', (text) => {
  expect(() => parseClosed(text, 's3://b/bill.json')).toThrow('s3://b/bill.json: expected a closed bill')
})
