import { blocks, type Markdown, md, renderTable } from '../../../lib/markdown.ts'
import type { Bill } from '../bill/bill.ts'
import { formatMoney, groupDigits, listSums, listUsers } from './user-rows.ts'

/** Explains why net and tax have more digits than the currency. */
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
  const sums = [md`**all**`, '', ...listSums(bill)]
  const right = ['requests', 'net', bill.taxName, 'total']
  return blocks(
    md`## Bill of ${bill.period.name} (${bill.period.timeZone})`,
    md`Total: **${formatMoney(bill.total, bill)} ${bill.currency}**, ${bill.users.length} users.`,
    renderTable(['user', 'plan', ...right], [...listUsers(bill), sums], { right }),
    md`${explainDigits(bill)}`,
    md`### Every row of the log`,
    renderTable(['class', 'rows'], reconciliationRows(bill), { right: ['rows'] }),
  )
}
