import type { UserBill } from '../../bill/price.ts'
import { renderFigures, renderPage } from '../html-page.ts'
import { renderTable } from '../html-table.ts'
import { escapeHtml } from '../html-text.ts'
import { formatMoney } from '../user-rows.ts'
import { describePeriod, listRows, type StatementContext } from './statement-rows.ts'

/** Writes the statement of one user as a page that prints well. It names no other user. */
export function renderStatement(owed: UserBill, context: StatementContext): string {
  const { period, rates, texts } = context
  const { columns } = texts
  const title = texts.title(period.name)
  const total = formatMoney(owed.total, rates)
  const body = `<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(`${texts.period}: ${describePeriod(period)}`)}</p>
${context.isDraft ? `<p class="notice">${escapeHtml(texts.draft)}</p>\n` : ''}${renderFigures([
  [texts.customer, owed.user],
  [texts.total, `${total} ${rates.currency}`],
  ...(owed.plan === '' ? [] : [[texts.plan, owed.plan] as const]),
])}
${renderTable({
  caption: `${texts.lines} (${rates.currency})`,
  columns: Object.values(columns),
  numbers: [columns.quantity, columns.price, columns.amount],
  rows: listRows(owed, context).map((row) => [
    row.item,
    ...[row.validFrom, row.tier, row.quantity, row.price, row.amount],
  ]),
  sums: [[texts.total, '', '', '', '', total]],
})}
<p class="soft">${escapeHtml(texts.explanation)}</p>
<p class="soft">${escapeHtml(texts.exact(rates.decimals, texts.roundings[rates.rounding]))}</p>`
  return renderPage({ title: `${title}: ${owed.user}`, lang: texts.lang, body })
}
