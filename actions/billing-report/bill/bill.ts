import type { Period } from '../../../lib/service/calendar.ts'
import { add, compare, type Decimal, negate, sum } from '../rates/decimal.ts'
import type { Rates } from '../rates/rates.ts'
import { priceMonth, type UserBill } from './price.ts'
import { type Classes, classify, sumOf, type UsageRow } from './usage.ts'

/** A bill of one month, before it is written in any form. */
export type Bill = {
  period: Period
  currency: string
  decimals: number
  taxName: string
  /** Sorted by the bytes of the name. */
  users: readonly UserBill[]
  net: Decimal
  tax: Decimal
  rounding: Decimal
  total: Decimal
  /** All raw rows of the period, counted apart from the roll-up. */
  rows: bigint
  classes: Classes
}

/** Returns the bill of a month. Pure. */
export function makeBill(period: Period, usage: readonly UsageRow[], rows: bigint, rates: Rates): Bill {
  const users = priceMonth(usage, rates)
  const sumOver = (pick: (user: UserBill) => Decimal) => sum(users.map(pick))
  return {
    period,
    currency: rates.currency,
    decimals: rates.decimals,
    taxName: rates.tax.name,
    users,
    net: sumOver(({ net }) => net),
    tax: sumOver(({ tax }) => tax),
    rounding: sumOver(({ rounding }) => rounding),
    total: sumOver(({ total }) => total),
    rows,
    classes: classify(usage, rates),
  }
}

/** Returns the equation of a bill that does not hold, or `undefined`. */
export function findImbalance(bill: Bill): string | undefined {
  const counted = sumOf(bill.classes)
  if (counted !== bill.rows) {
    return `the log has ${bill.rows} rows in ${bill.period.name}, and the classes add up to ${counted}`
  }
  const odd = bill.users.find(({ lines, total }) => {
    const added = sum(lines.map(({ amount }) => amount))
    return compare(add(added, negate(total)), { value: 0n, scale: 0 }) !== 0
  })
  return odd && `the lines of "${odd.user}" do not add up to the total`
}
