import type { Bill } from '../../bill/bill.ts'
import type { LineSum } from '../../bill/line-sums.ts'
import { renderTable } from '../html-table.ts'
import { formatMoney, groupDigits } from '../user-rows.ts'

const kinds: Readonly<Record<LineSum['kind'], string>> = {
  free: 'free units',
  usage: 'usage',
  discount: 'discount',
  fixed: 'fixed part',
  'top-up': 'minimum',
  tax: 'tax',
  rounding: 'rounding',
  adjustment: 'adjustment of a closed month',
}

/** Writes what the total is made of: each meter, then what plans, tax and rounding add. */
export function renderMeters(bill: Bill): string {
  const numbers = ['units', 'users', 'amount']
  const rows = bill.lines.map(({ kind, item, quantity, users, amount }) => [
    item,
    kinds[kind],
    kind === 'free' || kind === 'usage' ? groupDigits(String(quantity)) : '',
    groupDigits(String(users)),
    formatMoney(amount, bill),
  ])
  return `<h2>Totals by meter</h2>
${renderTable({
  caption: `What the total is made of, in ${bill.currency}`,
  columns: ['item', 'kind', ...numbers],
  numbers,
  rows,
  sums: [['all', '', '', '', formatMoney(bill.total, bill)]],
})}`
}
