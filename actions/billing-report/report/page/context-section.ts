import type { Bill } from '../../bill/bill.ts'
import type { PageData } from '../../bill/page-data.ts'
import { add, negate } from '../../rates/decimal.ts'
import { renderFigures } from '../html-page.ts'
import { renderTable } from '../html-table.ts'
import { formatMoney, groupDigits } from '../user-rows.ts'

/** Writes how the bill compares with that of the month before; nothing where it is not known. */
export function renderBefore(bill: Bill, { before }: PageData): string {
  if (!before) return ''
  const difference = (now: bigint, then: bigint) => signed(groupDigits(String(now - then)))
  const change = add(bill.total, negate(before.total))
  return `<h2>The month before</h2>
${renderTable({
  caption: `${bill.period.name} and ${before.month}`,
  columns: ['', before.month, bill.period.name, 'change'],
  numbers: [before.month, bill.period.name, 'change'],
  rows: [
    [
      `total, ${bill.currency}`,
      formatMoney(before.total, bill),
      formatMoney(bill.total, bill),
      signed(formatMoney(change, bill)),
    ],
    [
      'users',
      groupDigits(String(before.users)),
      groupDigits(String(bill.users)),
      difference(BigInt(bill.users), BigInt(before.users)),
    ],
    [
      'billed requests',
      groupDigits(String(before.requests)),
      groupDigits(String(bill.requests)),
      difference(bill.requests, before.requests),
    ],
  ],
})}`
}

const signed = (number: string) => (number.startsWith('-') || !/[1-9]/.test(number) ? number : `+${number}`)

/** Writes how long the service was paused, and what that saved; nothing where it is not known. */
export function renderPaused({ paused }: PageData): string {
  if (!paused) return ''
  const figures = [
    ['hours paused', paused.hours] as const,
    ...(paused.saved === undefined ? [] : [['saved', paused.saved] as const]),
  ]
  return `<h2>Pauses</h2>\n${renderFigures(figures)}`
}
