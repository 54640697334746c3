import { UserError } from '../../../lib/errors.ts'
import { type Arrivals, filesOf } from './manifest.ts'
import type { Window } from './window.ts'

/** Estimates the bytes that roll-ups scan: all of the files of each. */
export const estimateScan = (rollUps: readonly { window: Window }[], arrivals: Arrivals): number =>
  rollUps.flatMap(({ window }) => filesOf(arrivals, window)).reduce((sum, { size }) => sum + size, 0)

/** Refuses what would scan more bytes than are left, before a query is paid. */
export function verifyScan(what: string, bytes: number, left: number | undefined, advice = ''): void {
  if (left === undefined || bytes <= left) return
  throw new UserError(
    `max-data-scanned: ${what}, whose files have ${bytes} bytes, more than the ${left} that are left; raise it${advice}`,
  )
}
