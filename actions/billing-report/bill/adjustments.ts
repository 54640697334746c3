import { add, compare, type Decimal, negate, zero } from '../rates/decimal.ts'
import { flat, type UserBill } from './price.ts'
import { compareNames } from './user-usage.ts'

/** What a user owes more, or less, for a closed month than its bill said: tax and rounding are in it. */
export type Adjustment = { month: string; user: string; amount: Decimal }

/** Totals by user, without adjustments. */
export type Totals = ReadonlyMap<string, Decimal>

/** Returns what a month that was closed owes now, beyond its closed totals and what was posted since; zeros are left out. */
export function findAdjustments(
  month: string,
  now: Totals,
  closed: Totals,
  posted: readonly Adjustment[],
): Adjustment[] {
  const owed = new Map(now)
  const take = (user: string, amount: Decimal) => owed.set(user, add(owed.get(user) ?? zero, negate(amount)))
  for (const [user, total] of closed) take(user, total)
  for (const each of posted) if (each.month === month) take(each.user, each.amount)
  return [...owed]
    .map(([user, amount]) => ({ month, user, amount }))
    .filter(({ amount }) => compare(amount, zero) !== 0)
    .sort((a, b) => compareNames(a.user, b.user))
}

/** Adds a line for each adjustment of a user, after tax and rounding. */
export function adjustUser(bill: UserBill, adjustments: readonly Adjustment[]): UserBill {
  if (adjustments.length === 0) return bill
  const lines = adjustments.map(({ month, amount }) => flat('adjustment', month, amount))
  return {
    ...bill,
    lines: [...bill.lines, ...lines],
    total: add(bill.total, ...adjustments.map(({ amount }) => amount)),
  }
}

/** The bill of a user who owes nothing but adjustments. */
export const withoutUsage = (user: string): UserBill => ({
  ...{ user, plan: '', requests: 0n, lines: [] },
  ...{ net: zero, tax: zero, rounding: zero, total: zero },
})
