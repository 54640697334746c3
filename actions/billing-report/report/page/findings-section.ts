import type { Bill } from '../../bill/bill.ts'
import { renderTable } from '../html-table.ts'
import { formatMoney } from '../user-rows.ts'
import { nameUser } from './users-section.ts'

// A page with all of them could be as long as the CSV, which has each as a line.
const shownAdjustments = 100

/** Writes what may make the bill incomplete, and what was accepted; nothing where nothing was found. */
export function renderFindings({ findings }: Bill): string {
  if (findings.length === 0) return '<h2>Completeness</h2>\n<p>Nothing was found to be missing.</p>'
  return `<h2>Completeness</h2>
${renderTable({
  caption: 'What may make the bill incomplete',
  columns: ['finding', 'value', 'state', 'meaning'],
  numbers: [],
  rows: findings.map(({ id, value, accepted, blocks, text }) => [
    ...[id, value, accepted ? 'accepted' : blocks ? 'not accepted' : 'warning', text],
  ]),
})}`
}

/** Writes the corrections of closed months; nothing where there are none. */
export function renderAdjustments(bill: Bill): string {
  const { adjustments } = bill
  if (adjustments.length === 0) return ''
  const shown = adjustments.slice(0, shownAdjustments)
  const sum = bill.lines.filter(({ kind }) => kind === 'adjustment')
  const left = adjustments.length - shown.length
  return `<h2>Adjustments of closed months</h2>
${renderTable({
  caption: left === 0 ? 'All adjustments' : `The first ${shown.length} adjustments; the CSV has all`,
  columns: ['user', 'month', 'amount'],
  numbers: ['amount'],
  rows: shown.map(({ user, month, amount }) => [nameUser(user), month, formatMoney(amount, bill)]),
  sums: sum.map(({ item, amount }) => [`all of ${item}`, '', formatMoney(amount, bill)]),
})}`
}
