import { tryParseJson } from '../../../lib/json.ts'
import { add, type Decimal, formatDecimal, parseDecimal, round } from '../rates/decimal.ts'
import type { Adjustment, Totals } from './adjustments.ts'
import type { Bill } from './bill.ts'
import type { UserBill } from './price.ts'

/** What is kept of a closed month: enough to correct it, and to show that nothing of it has changed. */
export type ClosedBill = {
  month: string
  timeZone: string
  partitionZone: string
  lateDays: number
  /** How many closed months before were looked at for corrections. */
  adjustMonths: number
  /** The closed months among them; bills of version 1.0.0 do not say. */
  corrected?: readonly string[]
  /** Version of the time zone data, such as `2026a`. */
  zoneData: string
  rows: string
  requests: string
  currency: string
  /** Digits after the point of the currency. */
  decimals: number
  total: string
  /** File name to SHA-256: the rates, the manifest, and the files of the bill. */
  files: Readonly<Record<string, string>>
  /** Totals by user, without adjustments. */
  totals: Readonly<Record<string, string>>
  /** What this bill posted for earlier months. */
  adjustments: readonly { month: string; user: string; amount: string }[]
}

/** Collects what each user owes for the month alone, without adjustments: whole units of the currency's decimals. */
export function collectTotals(decimals: number): { totals: Totals; add(user: UserBill): void } {
  const totals = new Map<string, Decimal>()
  return {
    totals,
    add: ({ user, net, tax, rounding }) =>
      void totals.set(user, round(add(net, tax, rounding), decimals, 'down')),
  }
}

type Circumstances = Pick<
  ClosedBill,
  'timeZone' | 'partitionZone' | 'lateDays' | 'adjustMonths' | 'corrected' | 'zoneData' | 'files'
>

/** Writes down a bill that is closed, as JSON: the same bytes for the same bill. */
export function formatClosed(bill: Bill, totals: Totals, circumstances: Circumstances): string {
  const closed: ClosedBill = {
    month: bill.period.name,
    ...circumstances,
    rows: String(bill.rows),
    requests: String(bill.classes.billed),
    currency: bill.currency,
    decimals: bill.decimals,
    total: formatDecimal(bill.total, bill.decimals),
    totals: Object.fromEntries(
      [...totals].map(([user, total]) => [user, formatDecimal(total, bill.decimals)]),
    ),
    adjustments: bill.adjustments.map(({ amount, ...rest }) => ({ ...rest, amount: formatDecimal(amount) })),
  }
  return `${JSON.stringify(closed, undefined, 2)}\n`
}

/** Reads what is kept of a closed month; `place` names the file. Throws where it was changed. */
export function parseClosed(text: string, place: string): ClosedBill {
  const value = tryParseJson(text)
  if (!isClosed(value)) throw new Error(`${place}: expected a closed bill; restore an earlier version of it`)
  return value
}

function isClosed(value: unknown): value is ClosedBill {
  const { month, totals, adjustments, files, timeZone, currency, decimals, adjustMonths } = Object(value)
  return (
    typeof month === 'string' &&
    typeof timeZone === 'string' &&
    typeof currency === 'string' &&
    [decimals, adjustMonths].every(Number.isInteger) &&
    [totals, files].every((record) => typeof record === 'object' && record !== null) &&
    Array.isArray(adjustments)
  )
}

/** Returns the total of a closed month, adjustments included. */
export const closedTotal = ({ total }: ClosedBill): Decimal => readAmount(total)

/** Returns the totals of a closed month by user. */
export const closedTotals = ({ totals }: ClosedBill): Totals =>
  new Map(Object.entries(totals).map(([user, total]) => [user, readAmount(total)]))

/** Returns what a closed bill posted for earlier months. */
export const postedBy = ({ adjustments }: ClosedBill): Adjustment[] =>
  adjustments.map(({ month, user, amount }) => ({ month, user, amount: readAmount(amount) }))

function readAmount(text: string): Decimal {
  const amount = parseDecimal(text)
  if (!amount) throw new Error(`a closed bill: expected an amount, got "${text}"`)
  return amount
}
