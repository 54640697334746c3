import type { Period } from '../../../lib/service/calendar.ts'
import { add, compare, type Decimal, negate, sum } from '../rates/decimal.ts'
import type { Rates } from '../rates/rates.ts'
import { type Adjustment, adjustUsers } from './adjustments.ts'
import type { Finding } from './finding.ts'
import { priceMonth, type UserBill } from './price.ts'
import { type Classes, classify, sumOf, type UsageRow } from './usage.ts'

/** A draft may change as rows arrive, an open bill with the next run, a closed one never. */
export type BillState = 'draft' | 'open' | 'closed'

/** What a bill says besides its money. */
export type BillFacts = {
  state: BillState
  /** What may make it incomplete, accepted or not, in the order of `findingIds`. */
  findings: readonly Finding[]
  /** Corrections of closed months, by month and user; each is a line of its user, too. */
  adjustments: readonly Adjustment[]
}

/** A bill of one month, before it is written in any form. */
export type Bill = BillFacts & {
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

const noFacts: BillFacts = { state: 'open', findings: [], adjustments: [] }

/** Returns the bill of a month. Pure. */
export function makeBill(
  period: Period,
  usage: readonly UsageRow[],
  rows: bigint,
  rates: Rates,
  facts: BillFacts = noFacts,
): Bill {
  const users = adjustUsers(priceMonth(usage, rates), facts.adjustments)
  const sumOver = (pick: (user: UserBill) => Decimal) => sum(users.map(pick))
  return {
    ...facts,
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
