import type { Bill } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'

const header = 'user,plan,kind,item,valid_from,quantity,per,price,amount'

/** Writes every line item, and each user's total, as CSV: sorted, LF, the same bytes for the same bill. */
export function renderCsv({ users, decimals }: Bill): string {
  const lines = users.flatMap(({ user, plan, lines, total }) => [
    ...lines.map(({ kind, item, validFrom, quantity, per, price, amount }) => [
      escapeText(user),
      escapeText(plan),
      kind,
      escapeText(item),
      validFrom,
      String(quantity),
      String(per),
      formatDecimal(price),
      formatDecimal(amount),
    ]),
    [escapeText(user), escapeText(plan), 'total', 'total', '', '', '', '', formatDecimal(total, decimals)],
  ])
  return `${[header, ...lines.map((cells) => cells.join(','))].join('\n')}\n`
}

// A spreadsheet would take such a text for a formula. https://owasp.org/www-community/attacks/CSV_Injection
function escapeText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
