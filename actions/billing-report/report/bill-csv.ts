import type { Bill } from '../bill/bill.ts'
import type { UserBill } from '../bill/price.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { escapeCsv } from './csv-text.ts'
import { markName } from './name-marks.ts'

const columns = [
  'user',
  'mark',
  'plan',
  'state',
  'kind',
  'item',
  'valid_from',
  'quantity',
  'per',
  'price',
  'amount',
]

/** The first line of the CSV. */
export const csvHeader = `${columns.join(',')}\n`

/** What a spreadsheet takes as the sign of UTF-8: without it, Excel reads names as those of an older code page. */
export const byteOrderMark = '\ufeff'

/** Writes every line item of a user and the total as lines of CSV: LF, the same bytes for the same bill. */
export function renderCsvUser(
  { user, plan, lines, total }: UserBill,
  { decimals, state }: Pick<Bill, 'decimals' | 'state'>,
): string {
  const start = `${escapeCsv(user)},${markName(user).join(' ')},${escapeCsv(plan)},${state}`
  const items = lines.map(
    ({ kind, item, validFrom, quantity, per, price, amount }) =>
      `${start},${kind},${escapeCsv(item)},${validFrom},${quantity},${per},${formatDecimal(price)},${formatDecimal(amount)}\n`,
  )
  return `${items.join('')}${start},total,total,,,,,${formatDecimal(total, decimals)}\n`
}
