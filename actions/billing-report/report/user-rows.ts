import type { Bill } from '../bill/bill.ts'
import type { UserSums } from '../bill/user-sums.ts'
import { add, type Decimal, formatDecimal, negate, sum } from '../rates/decimal.ts'

/** Groups digits by thousands: `40,756.5`. */
export function groupDigits(number: string): string {
  const [whole = '', fraction] = number.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** Formats an amount of a bill for readers: exactly, at least with the digits of the currency. */
export const formatMoney = (amount: Decimal, { decimals }: Pick<Bill, 'decimals'>) =>
  groupDigits(formatDecimal(amount, decimals))

/** Adds up the adjustments of closed months. */
export const sumAdjustments = ({ adjustments }: Pick<Bill, 'adjustments'>): Decimal =>
  sum(adjustments.map(({ amount }) => amount))

const hasAdjustments = ({ adjustments }: Bill) => adjustments.length > 0

/** Titles of the columns of `listSums`. */
export const sumColumns = (bill: Bill): string[] => [
  ...['requests', 'net', bill.taxName, 'rounding'],
  ...(hasAdjustments(bill) ? ['adjustments'] : []),
  'total',
]

/** Lists what one or more users owe: requests, net, tax, rounding, adjustments where there are some, and total. */
export const listSums = (sums: Omit<UserSums, 'users'>, bill: Bill): string[] => [
  groupDigits(String(sums.requests)),
  ...[sums.net, sums.tax, sums.rounding, ...(hasAdjustments(bill) ? [adjustedBy(sums)] : []), sums.total].map(
    (amount) => formatMoney(amount, bill),
  ),
]

// What the total has beyond the bill of the month alone.
const adjustedBy = ({ net, tax, rounding, total }: Omit<UserSums, 'users'>) =>
  add(total, negate(add(net, tax, rounding)))

/** Names the users who are not shown one by one, such as `1,234 others`; undefined where all are. */
export function nameOthers({ others }: Bill): string | undefined {
  if (others.users === 0) return undefined
  return `${groupDigits(String(others.users))} other${others.users === 1 ? '' : 's'}`
}
