import { UserError } from '../../../lib/errors.ts'
import { type Arrivals, filesOf } from './manifest.ts'
import type { Window } from './window.ts'

/** Estimates the bytes that roll-ups scan: all of the files of each. */
export const estimateScan = (rollUps: readonly { window: Window }[], arrivals: Arrivals): number =>
  rollUps.flatMap(({ window }) => filesOf(arrivals, window)).reduce((sum, { size }) => sum + size, 0)

// What Athena bills for a query that scans less.
const leastBytes = 10 * 2 ** 20
/** The queries that read the roll-ups of a month for its bill. */
export const queriesOfBill = 6

/** Estimates what Athena bills for the roll-ups of days, one query each, and for a bill that is made of roll-ups. */
export const estimateMonthScan = (
  plans: readonly { window: Window }[],
  arrivals: Arrivals,
  rollUpBytes: number,
): number =>
  plans.reduce((sum, plan) => sum + Math.max(leastBytes, estimateScan([plan], arrivals)), 0) +
  queriesOfBill * Math.max(leastBytes, rollUpBytes)

/** Refuses what would scan more bytes than are left, before a query is paid. */
export function verifyScan(what: string, bytes: number, left: number | undefined, advice = ''): void {
  if (left === undefined || bytes <= left) return
  throw new UserError(
    `max-data-scanned: ${what}, whose files have ${bytes} bytes, more than the ${left} that are left; raise it${advice}`,
  )
}
