import { listArrivals } from '../observe/arrivals.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { spanOf } from '../plan/month-plan.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import { estimateScan, verifyScan } from '../plan/scan.ts'
import { findStale, type StaleDay, tellGone, wouldLose } from './find-stale.ts'
import { nothingRolledUp, type RolledUp, rollUpDays } from './roll-up-days.ts'
import type { Session } from './session.ts'
import { sweep } from './sweep.ts'
import { type LockedSession, underLock } from './under-lock.ts'

/** Finds which of the days have to be rolled up, and how many bytes their files have. */
export async function findWork(plans: readonly DayPlan[], { aws, inputs, location, query }: Session) {
  const [partitions, arrivals] = await Promise.all([
    aws.partitions.list(inputs.database, rollUpTables.days),
    listArrivals(location, spanOf(plans), aws),
  ])
  const stale: StaleDay[] = await findStale(plans, partitions, arrivals, aws)
  const bytes = estimateScan(
    stale.map(({ plan }) => plan),
    arrivals,
  )
  const what = `${stale.length} days have to be rolled up`
  verifyScan(what, bytes, query.leftToScan(), ', or roll fewer days up at once with backfill')
  return { stale, arrivals, bytes }
}

/** What `daily` has done: the days that were stale, and what became of them. */
export type DailyResult = RolledUp & {
  stale: readonly StaleDay[]
  /** Why some keep their roll-ups, although they are stale: files that they were made from are gone from the log. */
  gone: string | undefined
}

/** Rolls days up where one is missing or stale; where none is, no lock is taken and nothing written. */
export async function rollUpRecent(plans: readonly DayPlan[], session: Session): Promise<DailyResult> {
  const { stale } = await findWork(plans, session)
  if (stale.length === 0) return { ...nothingRolledUp, stale, gone: undefined }
  return await underLock(session, async (locked) => await rollUpStale(plans, locked))
}

/**
 * Rolls up those of the days that are missing or stale, but for those that would lose rows by it, and removes what
 * earlier runs have left.
 */
export async function rollUpStale(
  plans: readonly DayPlan[],
  session: LockedSession,
  months: readonly string[] = [],
): Promise<DailyResult> {
  const { stale, arrivals } = await findWork(plans, session)
  const periods = [...months, ...stale.map(({ plan }) => plan.day)]
  if (periods.length > 0) await sweep(periods, session)
  const rolled = await rollUpDays(
    stale.filter((day) => !wouldLose(day)).map(({ plan }) => plan),
    arrivals,
    session,
  )
  return { ...rolled, stale, gone: tellGone(stale, session.inputs.database) }
}
