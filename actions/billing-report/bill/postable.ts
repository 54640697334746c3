import { UserError } from '../../../lib/errors.ts'
import { addMonths } from '../../../lib/service/calendar.ts'
import { compare, formatDecimal, round } from '../rates/decimal.ts'
import type { Adjustment } from './adjustments.ts'
import type { ClosedBill } from './closed.ts'

/** The bill that posts adjustments, and the money that it is in. */
export type Posting = { month: string } & Pick<ClosedBill, 'currency' | 'decimals'>

/**
 * Refuses adjustments of a closed month that the bill of another month cannot post: they are in the currency, and rounded
 * to the decimals, with which their month was closed, and nothing says at what rate to change them. Throws UserError.
 */
export function verifyPostable(
  adjustments: readonly Adjustment[],
  closed: Pick<ClosedBill, 'month' | 'currency' | 'decimals'>,
  bill: Posting,
): void {
  const [first] = adjustments
  if (!first) return
  const refuse = (expected: string, got: string, remedy: string) =>
    new UserError(
      `rates: expected ${expected} of ${closed.month} for the bill of ${bill.month}, which posts what rows that arrived after the closing change, got ${got}; bill ${bill.month} with ${remedy}, or ${adviseLeavingOut(closed.month, bill.month)}`,
    )
  if (bill.currency !== closed.currency)
    throw refuse(`the currency ${closed.currency}`, bill.currency, `rates in ${closed.currency}`)
  const finer = adjustments.find(({ amount }) => compare(round(amount, bill.decimals, 'down'), amount) !== 0)
  if (!finer) return
  const got = `decimals ${bill.decimals}, in which ${formatDecimal(finer.amount)} ${bill.currency} of "${finer.user}" cannot be written`
  throw refuse(`the decimals ${closed.decimals}`, got, `decimals ${closed.decimals}`)
}

/** Says how the bill of a month leaves an earlier month without corrections. */
export const adviseLeavingOut = (month: string, billMonth: string): string =>
  `set adjust-months to ${leaveOut(month, billMonth)}, which leaves ${month} out; the bills after it must leave it out, too`

/** Returns the largest `adjust-months` with which the bill of a month does not reach an earlier month. */
export function leaveOut(month: string, billMonth: string): number {
  let months = 0
  while (addMonths(billMonth, -months - 1) > month) months += 1
  return months
}
