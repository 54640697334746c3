import type { Bill } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { largestBills } from './bill-json.ts'
import { explainDigits, reconciliationRows } from './bill-markdown.ts'
import { renderBars } from './chart.ts'
import { escapeHtml } from './html-text.ts'
import { formatMoney, listSums, listUsers } from './user-rows.ts'

const style = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1a202c; max-width: 860px; margin: 32px auto; padding: 0 16px }
h1 { font-size: 24px; margin-bottom: 4px } h2 { font-size: 18px; margin-top: 32px }
.total { font-size: 20px } svg { max-width: 100%; height: auto }
.table { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { padding: 6px 10px; border-bottom: 1px solid #e2e8f0; text-align: left }
td:first-child { overflow-wrap: anywhere; min-width: 8em }
.number { text-align: right; font-variant-numeric: tabular-nums }
tr:last-child td { font-weight: 600; border-top: 2px solid #1a202c }
`
const chartBars = 20

/** Writes a bill as one HTML page that needs nothing from elsewhere. */
export function renderHtml(bill: Bill): string {
  const sums = ['all', '', ...listSums(bill)]
  const bars = largestBills(bill)
    .slice(0, chartBars)
    .map(({ user, total }) => ({
      name: user,
      value: Number(formatDecimal(total, bill.decimals)),
      label: formatMoney(total, bill),
    }))
  const title = `Bill of ${bill.period.name}`
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(`${bill.period.firstDay} up to, not including, ${bill.period.nextDay}, ${bill.period.timeZone}`)}</p>
<p class="total">Total: <strong>${escapeHtml(`${formatMoney(bill.total, bill)} ${bill.currency}`)}</strong>, ${bill.users.length} users</p>
<h2>Totals by user</h2>
${bars.length > 0 ? renderBars(bars, bill.currency) : '<p>Nothing is owed.</p>'}
${renderTable(['user', 'plan', 'requests', 'net', bill.taxName, 'total'], [...listUsers(bill), sums], 2)}
<p>${escapeHtml(explainDigits(bill))}</p>
<h2>Every row of the log</h2>
${renderTable(['class', 'rows'], reconciliationRows(bill), 1)}
</body>
</html>
`
}

function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  firstNumber: number,
): string {
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells
      .map((cell, at) => `<${tag}${at >= firstNumber ? ' class="number"' : ''}>${escapeHtml(cell)}</${tag}>`)
      .join('')}</tr>`
  const lines = [row('th', header), ...rows.map((cells) => row('td', cells))]
  return `<div class="table"><table>\n${lines.join('\n')}\n</table></div>`
}
