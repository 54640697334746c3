import { add, compare, type Decimal, negate, zero } from '../rates/decimal.ts'
import { flat, type UserBill } from './price.ts'

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

/** Adds a line for each adjustment after tax and rounding; a user may have nothing else. */
export function adjustUsers(users: readonly UserBill[], adjustments: readonly Adjustment[]): UserBill[] {
  if (adjustments.length === 0) return [...users]
  const byUser = Map.groupBy(adjustments, ({ user }) => user)
  const known = new Set(users.map(({ user }) => user))
  const others = [...byUser.keys()].filter((user) => !known.has(user)).map(withoutUsage)
  return [...users, ...others]
    .map((bill) => adjustUser(bill, byUser.get(bill.user) ?? []))
    .sort((a, b) => compareNames(a.user, b.user))
}

const compareNames = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

function adjustUser(bill: UserBill, adjustments: readonly Adjustment[]): UserBill {
  const lines = adjustments.map(({ month, amount }) => flat('adjustment', month, amount))
  return {
    ...bill,
    lines: [...bill.lines, ...lines],
    total: add(bill.total, ...adjustments.map(({ amount }) => amount)),
  }
}

const withoutUsage = (user: string): UserBill => ({
  ...{ user, plan: '', requests: 0n, lines: [] },
  ...{ net: zero, tax: zero, rounding: zero, total: zero },
})
