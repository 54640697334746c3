import type { UserBill } from '../../bill/price.ts'
import { formatDecimal } from '../../rates/decimal.ts'
import { escapeCsv } from '../csv-text.ts'
import { listRows, type StatementContext } from './statement-rows.ts'

/** Writes the statement of one user as CSV: the lines of the page, and plain numbers. It names no other user. */
export function renderStatementCsv(owed: UserBill, context: StatementContext): string {
  const { texts, rates } = context
  const { item, validFrom, tier, quantity, price, amount } = texts.columns
  const header = [item, validFrom, tier, quantity, texts.unitsOfPrice, price, amount]
  const rows = listRows(owed, context).map((row, at) => {
    const line = owed.lines[at]
    const isUsage = line?.kind === 'free' || line?.kind === 'usage'
    return [
      ...[escapeCsv(row.item), row.validFrom, escapeCsv(row.tier)],
      ...(isUsage ? [String(line.quantity), String(line.per), formatDecimal(line.price)] : ['', '', '']),
      line ? formatDecimal(line.amount) : '',
    ]
  })
  const total = [texts.total, '', '', '', '', '', formatDecimal(owed.total, rates.decimals)]
  const notice = context.isDraft ? [[escapeCsv(texts.draft), '', '', '', '', '', '']] : []
  return [header.map(escapeCsv), ...notice, ...rows, total].map((cells) => `${cells.join(',')}\n`).join('')
}
