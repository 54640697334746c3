import type { Bill } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { largestBills } from './bill-json.ts'

/** Groups digits by thousands: `40,756.5`. */
export function groupDigits(number: string): string {
  const [whole = '', fraction] = number.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** Formats an amount of a bill for readers. */
export const formatMoney = (amount: Bill['total'], { decimals }: Bill) =>
  groupDigits(formatDecimal(amount, decimals))

/** Lists the largest bills: user, plan, requests, net, tax and total. */
export const listUsers = (bill: Bill): string[][] =>
  largestBills(bill).map(({ user, plan, requests, net, tax, total }) => [
    user,
    plan,
    groupDigits(String(requests)),
    ...[net, tax, total].map((amount) => formatMoney(amount, bill)),
  ])

/** Lists the sums of all users: requests, net, tax and total. */
export const listSums = (bill: Bill): string[] => [
  groupDigits(String(bill.classes.billed)),
  ...[bill.net, bill.tax, bill.total].map((amount) => formatMoney(amount, bill)),
]
