import type { Bill } from '../bill/bill.ts'
import type { UserSums } from '../bill/user-sums.ts'
import { formatDecimal } from '../rates/decimal.ts'

/** Writes totals, reconciliation and the largest bills as JSON; money and counts are texts. */
export function renderJson(bill: Bill): string {
  return `${JSON.stringify(toJson(bill), undefined, 2)}\n`
}

/** Turns a bill into plain values for JSON. */
export function toJson(bill: Bill) {
  const { period, decimals, classes } = bill
  const sums = ({ requests, net, tax, rounding, total }: Omit<UserSums, 'users'>) => ({
    requests: String(requests),
    net: formatDecimal(net),
    tax: formatDecimal(tax),
    rounding: formatDecimal(rounding),
    total: formatDecimal(total, decimals),
  })
  return {
    month: period.name,
    state: bill.state,
    timeZone: period.timeZone,
    currency: bill.currency,
    ...sums(bill),
    reconciliation: {
      rows: String(bill.rows),
      malformed: String(classes.malformed),
      duplicate: String(classes.duplicate),
      unattributed: String(classes.unattributed),
      excluded: { status: String(classes.status), noRate: String(classes.noRate) },
      billed: String(classes.billed),
    },
    findings: bill.findings,
    adjustments: bill.adjustments.map(({ month, user, amount }) => ({
      ...{ month, user, amount: formatDecimal(amount) },
    })),
    lines: bill.lines.map(({ kind, item, quantity, users, amount }) => ({
      ...{ kind, item, quantity: String(quantity), users, amount: formatDecimal(amount) },
    })),
    routes: bill.routes.map(({ routeKey, status, requests, billed }) => ({
      ...{ routeKey: routeKey ?? null, status, requests: String(requests), billed: String(billed) },
    })),
    users: bill.users,
    largest: bill.largest.map((user) => ({ user: user.user, plan: user.plan, ...sums(user) })),
    others: { users: bill.others.users, ...sums(bill.others) },
  }
}
