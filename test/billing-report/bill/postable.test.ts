import { expect, it } from 'vitest'
import { leaveOut, verifyPostable } from '../../../actions/billing-report/bill/postable.ts'
import { parseDecimal, zero } from '../../../actions/billing-report/rates/decimal.ts'

const adjustment = (amount: string) => ({
  month: '2026-08',
  user: 'alice',
  amount: parseDecimal(amount) ?? zero,
})
const verify = (amounts: string[], closed: [string, number], bill: [string, number]) =>
  verifyPostable(
    amounts.map(adjustment),
    { month: '2026-08', currency: closed[0], decimals: closed[1] },
    { month: '2026-09', currency: bill[0], decimals: bill[1] },
  )

it('refuses an adjustment in another currency, and names both currencies, both months and what to do', () => {
  expect(() => verify(['110'], ['KRW', 0], ['USD', 2])).toThrow(
    'rates: expected the currency KRW of 2026-08 for the bill of 2026-09, which posts what rows that arrived after the closing change, got USD; bill 2026-09 with rates in KRW, or set adjust-months to 0, which leaves 2026-08 out; the bills after it must leave it out, too',
  )
})

it('refuses an amount with more digits than the bill has', () => {
  expect(() => verify(['1', '-0.08'], ['USD', 2], ['USD', 0])).toThrow(
    'expected the decimals 2 of 2026-08 for the bill of 2026-09, which posts what rows that arrived after the closing change, got decimals 0, in which -0.08 USD of "alice" cannot be written; bill 2026-09 with decimals 2, or set',
  )
})

it.each<[string, Parameters<typeof verify>]>([
  ['in the same money', [['110'], ['KRW', 0], ['KRW', 0]]],
  ['with more digits in the bill', [['1.1'], ['USD', 1], ['USD', 2]]],
  [
    'with fewer digits, which are enough',
    [
      ['3.00', '-1.10'],
      ['USD', 2],
      ['USD', 1],
    ],
  ],
  ['of nothing', [[], ['KRW', 0], ['USD', 2]]],
])('accepts adjustments %s', (_, given) => {
  expect(() => verify(...given)).not.toThrow()
})

it.each<[string, string, number]>([
  ['2026-08', '2026-09', 0],
  ['2026-07', '2026-09', 1],
  ['2025-11', '2026-02', 2],
])('leaves %s out of the bill of %s with adjust-months %i', (month, bill, months) => {
  expect(leaveOut(month, bill)).toBe(months)
})
