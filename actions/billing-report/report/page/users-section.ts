import type { Bill } from '../../bill/bill.ts'
import { add, formatDecimal, negate, sum } from '../../rates/decimal.ts'
import { explainDigits } from '../bill-markdown.ts'
import { type Html, renderTable } from '../html-table.ts'
import { escapeHtml } from '../html-text.ts'
import { markName } from '../name-marks.ts'
import { formatMoney, groupDigits, listSums, nameOthers, sumColumns } from '../user-rows.ts'
import { renderBars } from './chart.ts'

const chartBars = 20

/** Writes who owes what: a chart of the largest, and a table whose columns add up. */
export function renderUsers(bill: Bill): string {
  const others = nameOthers(bill)
  const right = sumColumns(bill)
  return `<h2>Totals by user</h2>
${bill.largest.length > 0 ? renderFigure(bill) : '<p>Nothing is owed.</p>'}
${renderTable({
  caption: others === undefined ? 'All users' : `The ${bill.largest.length} largest totals, and the others`,
  columns: ['user', 'plan', ...right],
  numbers: right,
  rows: bill.largest.map((user) => [nameUser(user.user), user.plan, ...listSums(user, bill)]),
  sums: [
    ...(others === undefined ? [] : [[others, '', ...listSums(bill.others, bill)]]),
    ['all', '', ...listSums(bill, bill)],
  ],
})}
<p class="soft">${escapeHtml(explainDigits(bill))}</p>`
}

/** Writes a name as text, with its marks. */
export function nameUser(name: string): Html {
  const marks = markName(name).map((mark) => ` <small class="mark">(${mark})</small>`)
  return { html: escapeHtml(name) + marks.join('') }
}

function renderFigure(bill: Bill): string {
  const shown = bill.largest.slice(0, chartBars)
  const bars = shown.map(({ user, total }) => ({
    name: user,
    value: Number(formatDecimal(total, bill.decimals)),
    label: formatMoney(total, bill),
  }))
  const left = bill.users - shown.length
  const rest = add(bill.total, negate(sum(shown.map(({ total }) => total))))
  const caption =
    left === 0
      ? 'All users.'
      : `The ${shown.length} largest of ${groupDigits(String(bill.users))} users; the other ${groupDigits(String(left))}, who are not drawn, owe ${formatMoney(rest, bill)} ${bill.currency}.`
  return `<figure>${renderBars(bars, bill.currency)}<figcaption>${escapeHtml(caption)}</figcaption></figure>`
}
