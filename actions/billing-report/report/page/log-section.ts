import type { Bill } from '../../bill/bill.ts'
import { reconciliationRows } from '../bill-markdown.ts'
import { renderTable } from '../html-table.ts'
import { escapeHtml } from '../html-text.ts'
import { formatMoney, groupDigits, sumAdjustments } from '../user-rows.ts'

/** Writes the class of every row of the log, and the equations that hold. */
export function renderLog(bill: Bill): string {
  const rows = reconciliationRows(bill)
  return `<h2>Every row of the log</h2>
${renderTable({
  caption: 'Each row is in one class',
  columns: ['class', 'rows'],
  numbers: ['rows'],
  rows: rows.slice(0, -1),
  sums: rows.slice(-1),
})}
<h3>What was checked</h3>
<ul>${listEquations(bill)
    .map((equation) => `<li>${escapeHtml(equation)}</li>`)
    .join('')}</ul>`
}

function listEquations(bill: Bill): string[] {
  const { classes, rows } = bill
  const counts = [
    classes.billed,
    classes.status,
    classes.noRate,
    classes.unattributed,
    classes.duplicate,
    classes.malformed,
  ].map((count) => groupDigits(String(count)))
  const adjusted = sumAdjustments(bill)
  const money = (amount: Bill['total']) => `${formatMoney(amount, bill)} ${bill.currency}`
  return [
    `Rows of the log, counted by a query of their own, are the sum of the classes: ${groupDigits(String(rows))} = ${counts.join(' + ')}`,
    `Net, ${bill.taxName}, rounding and adjustments are the total: ${[bill.net, bill.tax, bill.rounding, adjusted].map((amount) => formatMoney(amount, bill)).join(' + ')} = ${money(bill.total)}`,
    'The line items of each user are the total of the user, and all line items together the total',
  ]
}
