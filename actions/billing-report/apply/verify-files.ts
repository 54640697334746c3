import { UserError } from '../../../lib/errors.ts'
import { listDays, monthPeriod, type Period } from '../../../lib/service/calendar.ts'
import type { ClosedBill } from '../bill/closed.ts'
import type { PeriodFacts } from '../bill/facts.ts'
import { adviseLeavingOut } from '../bill/postable.ts'
import { dayOf, listArrivals } from '../observe/arrivals.ts'
import { planDay } from '../plan/day-plan.ts'
import { type Arrivals, digestOf, filesOf } from '../plan/manifest.ts'
import { spanOf } from '../plan/month-plan.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import type { Window } from '../plan/window.ts'
import { keptFiles, readKept } from './close.ts'
import { tellLacking } from './find-stale.ts'
import { countByDay, listGone, readManifest } from './gone-files.ts'
import type { Session } from './session.ts'

/** Closed months, and what is known of the days of the bill that corrects them. */
export type Corrections = {
  period: Period
  closed: readonly ClosedBill[]
  days: ReadonlyMap<string, PeriodFacts>
  /** Days of arrival whose rows are counted for one of them now. */
  window: Window
}

/**
 * Refuses to bill a closed month again from a log that lacks files whose rows were counted before: they would become a
 * credit, or late rows be lost. Throws UserError.
 */
export async function verifyFiles(
  bill: ClosedBill,
  { period, closed, days, window }: Corrections,
  session: Session,
): Promise<void> {
  const since = closed.filter(({ month }) => month >= bill.month)
  const mayHaveRows = (key: string) => {
    const facts = days.get(dayOf(key) ?? '')
    return facts === undefined || (facts.late.get(bill.month) ?? 0n) > 0n
  }
  const gone = [
    ...(await goneOfClosed(since, window, session)),
    ...(await goneOfRollUps(bill, { closed: since, window }, session)).filter(mayHaveRows),
  ]
  if (gone.length === 0) return
  throw new UserError(
    `adjust-months: expected in the log all files that were read for ${bill.month}, since rows of it may have arrived after it was closed, got some missing (${countByDay(gone)}); restore them, or ${adviseLeavingOut(bill.month, period.name)}`,
  )
}

/** Lists the files that closed months were made from, and that are gone. */
async function goneOfClosed(
  closed: readonly ClosedBill[],
  window: Window,
  { aws, location }: Session,
): Promise<string[]> {
  const files = filesOf(await listArrivals(location, window, aws), window)
  const gone: string[] = []
  for (const each of closed)
    gone.push(...listGone(await readKept(each, keptFiles.manifest, aws), files, window))
  return gone
}

/** Lists the files that the roll-ups of months have read that were not closed since, and that are gone. */
async function goneOfRollUps(
  bill: ClosedBill,
  { closed, window: counted }: Pick<Corrections, 'closed' | 'window'>,
  { aws, inputs, location }: Session,
): Promise<string[]> {
  const isClosed = (day: string) => closed.some(({ month }) => day.startsWith(month))
  const { nextDay } = monthPeriod(bill.month, bill.timeZone)
  const plans = listDays(nextDay, counted.next)
    .filter((day) => !isClosed(day))
    .map((day) => planDay(inputs, day))
  const partitions = await aws.partitions.list(inputs.database, rollUpTables.days)
  const byDay = new Map(partitions.map((partition) => [partition.value, partition]))
  const arrivals: Arrivals = await listArrivals(location, spanOf(plans), aws)
  const gone: string[] = []
  for (const plan of plans) {
    const { day, window } = plan
    const files = filesOf(arrivals, window)
    const partition = byDay.get(day)
    if (!partition || partition.parameters.files === digestOf(files)) continue
    const read = { first: window.first, next: window.next < counted.next ? window.next : counted.next }
    const manifest = await readManifest(partition, aws)
    if (manifest === undefined) throw new UserError(tellLacking([{ plan, gone: 'unknown' }], inputs.database))
    gone.push(...listGone(manifest, files, read))
  }
  return gone
}
