import { blocks, type Markdown, md, renderTable } from '../../../lib/markdown.ts'
import type { Bill } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { largestBills } from './bill-json.ts'

/** Groups digits by thousands: `40,756.5`. */
export function groupDigits(number: string): string {
  const [whole = '', fraction] = number.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** Says why net and tax have more digits than the currency. */
export const explainDigits = ({ taxName }: Bill) =>
  `Net and ${taxName} are exact; the total of each user is rounded.`

/** Names what each class of rows is, with its count, in the order of the equation. */
export function reconciliationRows({ classes, rows }: Bill): [string, string][] {
  const counts: [string, bigint][] = [
    ['billed', classes.billed],
    ['excluded: status is not billable', classes.status],
    ['excluded: no rate for the route', classes.noRate],
    ['unattributed: billable, without a user', classes.unattributed],
    ['duplicate: delivered twice', classes.duplicate],
    ['malformed', classes.malformed],
    ['rows in the log', rows],
  ]
  return counts.map(([name, count]) => [name, groupDigits(String(count))])
}

/** Writes a bill as Markdown. */
export function renderMarkdown(bill: Bill): Markdown {
  const money = (amount: Bill['total']) => groupDigits(formatDecimal(amount, bill.decimals))
  const users = largestBills(bill).map(({ user, plan, requests, net, tax, total }) => [
    user,
    plan,
    groupDigits(String(requests)),
    ...[net, tax, total].map(money),
  ])
  const sums = [
    md`**all**`,
    '',
    groupDigits(String(bill.classes.billed)),
    ...[bill.net, bill.tax, bill.total].map(money),
  ]
  const right = ['requests', 'net', bill.taxName, 'total']
  return blocks(
    md`## Bill of ${bill.period.name} (${bill.period.timeZone})`,
    md`Total: **${money(bill.total)} ${bill.currency}**, ${bill.users.length} users.`,
    renderTable(['user', 'plan', ...right], [...users, sums], { right }),
    md`${explainDigits(bill)}`,
    md`### Every row of the log`,
    renderTable(['class', 'rows'], reconciliationRows(bill), { right: ['rows'] }),
  )
}
