import type { InstancePrice } from '../../../../lib/service/instance-price.ts'
import type { GroupSavings, Savings } from '../../../../lib/service/savings.ts'
import type { Bill } from '../../bill/bill.ts'
import type { PageData } from '../../bill/page-data.ts'
import { add, negate } from '../../rates/decimal.ts'
import { renderTable } from '../html-table.ts'
import { formatMoney, groupDigits } from '../user-rows.ts'

/** Writes how the bill compares with that of the month before; nothing where that one is not closed in this currency. */
export function renderBefore(bill: Bill, { before }: PageData): string {
  if (before?.currency !== bill.currency) return ''
  const difference = (now: bigint, then: bigint) => signed(groupDigits(String(now - then)))
  const change = add(bill.total, negate(before.total))
  return `<h2>The month before</h2>
${renderTable({
  caption: `${bill.period.name} and ${before.month}`,
  columns: ['figure', before.month, bill.period.name, 'change'],
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

/** Writes how long services were paused, and what that saved; nothing where the ledger knows of none. */
export function renderPaused({ savings }: PageData): string {
  if (!savings || savings.services.length === 0) return ''
  return `<h2>Pauses</h2>
${renderTable({
  caption: 'Hours paused in the month',
  columns: ['service', 'hours'],
  numbers: ['hours'],
  rows: savings.services.map(({ name, hoursPaused }) => [name, hoursPaused.toFixed(1)]),
})}
${savings.groups.length > 0 ? renderGroups(savings) : ''}`
}

function renderGroups({ groups, unpriced }: Savings): string {
  const numbers = ['USD an hour', 'hours freed', 'USD saved', 'hours run although paused', 'USD spent']
  // Whole cents, so that the column adds up to what stands below it.
  const cents = (hours: number, price: InstancePrice | undefined) =>
    price ? Math.round(hours * price.usd * 100) : undefined
  const usd = (value: number | undefined) =>
    value === undefined ? '' : groupDigits((value / 100).toFixed(2))
  const sum = (pick: (group: GroupSavings) => number) =>
    groups.reduce((all, group) => all + (cents(pick(group), group.price) ?? 0), 0)
  const freed = ({ freedHours }: GroupSavings) => freedHours
  const left = ({ leftHours }: GroupSavings) => leftHours
  const rows = groups.map((group) => [
    group.name,
    group.instanceType,
    group.price ? String(group.price.usd) : 'unknown',
    freed(group).toFixed(1),
    usd(cents(freed(group), group.price)),
    left(group).toFixed(1),
    usd(cents(left(group), group.price)),
  ])
  const missing = unpriced.length === 0 ? '' : `. The price of ${unpriced.join(', ')} is not known`
  return renderTable({
    caption: `Instances that did not run because of pauses, at list prices${missing}`,
    columns: ['Auto Scaling group', 'type', ...numbers],
    numbers,
    rows,
    sums: [['all', '', '', '', usd(sum(freed)), '', usd(sum(left))]],
  })
}
