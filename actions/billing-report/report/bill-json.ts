import type { Bill } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'

/** Users that JSON and HTML show; the CSV has all. */
const shownUsers = 1000

/** Writes totals, reconciliation and the largest bills as JSON; money and counts are texts. */
export function renderJson(bill: Bill): string {
  return `${JSON.stringify(toJson(bill), undefined, 2)}\n`
}

/** Turns a bill into plain values for JSON. */
export function toJson(bill: Bill) {
  const { period, decimals, classes } = bill
  return {
    month: period.name,
    timeZone: period.timeZone,
    currency: bill.currency,
    net: formatDecimal(bill.net),
    tax: formatDecimal(bill.tax),
    rounding: formatDecimal(bill.rounding),
    total: formatDecimal(bill.total, decimals),
    reconciliation: {
      rows: String(bill.rows),
      malformed: String(classes.malformed),
      duplicate: String(classes.duplicate),
      unattributed: String(classes.unattributed),
      excluded: { status: String(classes.status), noRate: String(classes.noRate) },
      billed: String(classes.billed),
    },
    users: bill.users.length,
    largest: largestBills(bill).map(({ user, plan, requests, net, tax, total }) => ({
      user,
      plan,
      requests: String(requests),
      net: formatDecimal(net),
      tax: formatDecimal(tax),
      total: formatDecimal(total, decimals),
    })),
  }
}

/** Lists the users with the largest totals first; equal ones by name. */
export function largestBills({ users, decimals }: Bill) {
  const amount = ({ value, scale }: Bill['total']) => value * 10n ** BigInt(decimals - scale)
  return users
    .toSorted((a, b) => {
      const [first, second] = [amount(a.total), amount(b.total)]
      return first < second ? 1 : first > second ? -1 : 0
    })
    .slice(0, shownUsers)
}
