import { addMonths, listDays, monthPeriod, type Period } from '../../../lib/service/calendar.ts'
import { type Adjustment, findAdjustments, type Totals } from '../bill/adjustments.ts'
import { findImbalance, makeBill } from '../bill/bill.ts'
import { type ClosedBill, closedTotals, collectTotals, postedBy } from '../bill/closed.ts'
import type { PeriodFacts } from '../bill/facts.ts'
import { verifyPostable } from '../bill/postable.ts'
import { listArrivals } from '../observe/arrivals.ts'
import { readClosedAfter } from '../observe/closed-months.ts'
import { filesOf, hasNewFile } from '../plan/manifest.ts'
import { spanOf } from '../plan/month-plan.ts'
import { type Arrival, type Window, windowOf } from '../plan/window.ts'
import type { Rates } from '../rates/rates.ts'
import { parseRates } from '../rates/rates-file.ts'
import { keptFiles, readKept } from './close.ts'
import { rollUpMonth } from './month-usage.ts'
import type { Session } from './session.ts'
import { verifyFiles } from './verify-files.ts'

/** Corrections of closed months and the days of arrival that were read for them, or what does not add up in one. */
export type Adjusted = { adjustments: Adjustment[]; windows: Window[] } | { odd: string }

/**
 * Bills closed months again, with the rates that were stored when they were closed and with all that they had and that has
 * arrived until the month of this bill ended, where rows of them have arrived since; what differs is posted in this bill, unless the
 * bill of a later month was closed first and has posted it. Throws UserError where this bill cannot post it,
 * or where files are gone from the log.
 */
export async function adjustMonths(
  { period, rates }: { period: Period; rates: Rates },
  closed: readonly ClosedBill[],
  days: ReadonlyMap<string, PeriodFacts>,
  session: Session,
): Promise<Adjusted> {
  const adjustments: Adjustment[] = []
  const windows: Window[] = []
  const posted = closed.flatMap(postedBy)
  const later = await readClosedAfter(period.name, session.aws)
  const changed = await findChanged(closed, session)
  for (const bill of closed) {
    if (later.some((other) => reaches(other, bill.month))) continue
    if (!mayHaveChanged(bill, { period, closed, days }, session.inputs) && bill.month > changed) continue
    const window = windowAgain(bill, period)
    await verifyFiles(bill, { period, closed, days, window }, session)
    const now = await billAgain(bill, window, session)
    if ('odd' in now) return now
    const found = findAdjustments(bill.month, now.totals, closedTotals(bill), posted)
    verifyPostable(found, bill, { ...rates, month: period.name })
    adjustments.push(...found)
    windows.push(window)
  }
  return { adjustments, windows }
}

type Since = { period: Period; closed: readonly ClosedBill[]; days: ReadonlyMap<string, PeriodFacts> }

/**
 * Rows of it arrived in this month, or in one before whose bill has posted nothing of it: that month is not closed, or was
 * closed before it, or its `adjust-months` did not reach so far. A roll-up does not tell rows that are in time today from
 * others; the month was closed without them if rows had less time then.
 */
function mayHaveChanged(bill: ClosedBill, { period, closed, days }: Since, arrival: Arrival): boolean {
  const { month, timeZone } = bill
  const hasPosted = (name: string) => closed.some((other) => other.month === name && reaches(other, month))
  for (let next = addMonths(month, 1); next < period.name; next = addMonths(next, 1))
    if (!hasPosted(next)) return true
  const past = monthPeriod(month, timeZone)
  const [then, today] = [windowOf(past, bill).next, windowOf(past, arrival).next]
  const hasUntold = listDays(period.firstDay, period.nextDay).some((day) => then <= day && day < today)
  return hasUntold || [...days.values()].some(({ late }) => (late.get(month) ?? 0n) > 0n)
}

/** Returns whether a closed bill looked at an earlier month for corrections: not if that was closed only afterwards. */
const reaches = ({ month, adjustMonths, corrected }: ClosedBill, earlier: string): boolean =>
  corrected?.includes(earlier) ?? addMonths(month, -adjustMonths) <= earlier

/**
 * Finds the last closed month that has a file more than when it was closed; '' where none has. Firehose tries again for a
 * day: a file may appear among those of a day that is long over, with late rows of the months before, too.
 */
async function findChanged(closed: readonly ClosedBill[], { aws, location }: Session): Promise<string> {
  const windows = closed.map((bill) => windowOf(monthPeriod(bill.month, bill.timeZone), bill))
  if (windows.length === 0) return ''
  const arrivals = await listArrivals(location, spanOf(windows.map((window) => ({ window }))), aws)
  const manifests = await Promise.all(
    closed.map(async (bill) => await readKept(bill, keptFiles.manifest, aws)),
  )
  const isChanged = (_: ClosedBill, at: number) => {
    const [window, manifest] = [windows[at], manifests[at]]
    return window !== undefined && manifest !== undefined && hasNewFile(filesOf(arrivals, window), manifest)
  }
  return closed.findLast(isChanged)?.month ?? ''
}

/** Days of arrival whose rows are counted now: those that the closed bill had, and all until this bill's month ended. */
function windowAgain(bill: ClosedBill, { nextDay }: Period): Window {
  const { first, next } = windowOf(monthPeriod(bill.month, bill.timeZone), bill)
  return { first, next: next > nextDay ? next : nextDay }
}

async function billAgain(
  bill: ClosedBill,
  window: Window,
  session: Session,
): Promise<{ totals: Totals } | { odd: string }> {
  const { aws, context } = session
  const place = `${aws.closedBills.place(bill.month)}${keptFiles.rates}`
  const rates = parseRates(await readKept(bill, keptFiles.rates, aws), place)
  const past = monthPeriod(bill.month, bill.timeZone)
  context.log.info(`bill ${bill.month} again: rows of it may have arrived since it was closed`)
  const again = await rollUpMonth(past, window, rates, session, '_again')
  if ('odd' in again) return again
  const { totals, add } = collectTotals(rates.decimals)
  const odd = findImbalance(await makeBill(past, again.usage, again.rows, rates, undefined, add))
  return odd === undefined ? { totals } : { odd }
}

/** Counts the rows of earlier months that arrived in this one, and that no adjustment reaches. */
export function countUnreachable(
  period: Period,
  closed: readonly ClosedBill[],
  days: ReadonlyMap<string, PeriodFacts>,
  arrival: Arrival,
): bigint {
  const isReached = (month: string, day: string) => {
    if (month === period.name || closed.some((bill) => bill.month === month)) return true
    // It arrived in time for a month that is not closed: its bill has it.
    return month !== '' && day < windowOf(monthPeriod(month, period.timeZone), arrival).next
  }
  return listDays(period.firstDay, period.nextDay)
    .flatMap((day) => [...(days.get(day)?.late ?? [])].map(([month, rows]) => ({ day, month, rows })))
    .filter(({ day, month }) => !isReached(month, day))
    .reduce((sum, { rows }) => sum + rows, 0n)
}
