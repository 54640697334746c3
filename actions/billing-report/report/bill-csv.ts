import type { Bill } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { escapeCsv } from './csv-text.ts'

const header = 'user,plan,kind,item,valid_from,quantity,per,price,amount'

/** Writes every line item, and each user's total, as CSV: sorted, LF, the same bytes for the same bill. */
export function renderCsv({ users, decimals }: Bill): string {
  const lines = users.flatMap(({ user, plan, lines, total }) => [
    ...lines.map(({ kind, item, validFrom, quantity, per, price, amount }) => [
      escapeCsv(user),
      escapeCsv(plan),
      kind,
      escapeCsv(item),
      validFrom,
      String(quantity),
      String(per),
      formatDecimal(price),
      formatDecimal(amount),
    ]),
    [escapeCsv(user), escapeCsv(plan), 'total', 'total', '', '', '', '', formatDecimal(total, decimals)],
  ])
  return `${[header, ...lines.map((cells) => cells.join(','))].join('\n')}\n`
}
