import type { Partition } from '../../../lib/aws/glue-partitions.ts'
import type { Connections } from '../context.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { type Arrivals, digestOf, filesOf, hasNewFile, manifestAt } from '../plan/manifest.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import { countByDay, type GoneKeys, listGone, readManifest } from './gone-files.ts'

/** A day, and what another roll-up of it would lack. */
type Lacking = { plan: Pick<DayPlan, 'day'>; gone: GoneKeys }

/** Why a day has to be rolled up. */
export type StaleDay = {
  plan: DayPlan
  why: 'missing' | 'other SQL' | 'new files'
  /** What its roll-up has read, and another one would lack. */
  gone: GoneKeys
}

/**
 * Finds the days whose roll-up is missing, was made by other SQL, or lacks a file that the listing shows. A day without
 * a file needs none, unless there is no roll-up at all: the queries need the table. A file that is gone makes no day stale:
 * its rows are in the roll-up.
 */
export async function findStale(
  plans: readonly DayPlan[],
  partitions: readonly Partition[],
  arrivals: Arrivals,
  aws: Pick<Connections, 'objects'>,
): Promise<StaleDay[]> {
  const byDay = new Map(partitions.map((partition) => [partition.value, partition]))
  const found = await Promise.all(
    plans.map(async (plan): Promise<StaleDay | undefined> => {
      const partition = byDay.get(plan.day)
      const files = filesOf(arrivals, plan.window)
      if (!partition) return files.length > 0 ? { plan, why: 'missing', gone: [] } : undefined
      const isOther = partition.parameters.sql !== plan.sqlDigest
      if (partition.parameters.files === digestOf(files))
        return isOther ? { plan, why: 'other SQL', gone: [] } : undefined
      const manifest = await readManifest(partition, aws)
      if (manifest === undefined) return { plan, why: isOther ? 'other SQL' : 'new files', gone: 'unknown' }
      if (!isOther && !hasNewFile(files, manifest)) return undefined
      return { plan, why: isOther ? 'other SQL' : 'new files', gone: listGone(manifest, files, plan.window) }
    }),
  )
  const stale = found.filter((each) => each !== undefined)
  const [first] = plans
  return stale.length === 0 && byDay.size === 0 && first ? [{ plan: first, why: 'missing', gone: [] }] : stale
}

/** Returns whether another roll-up of a day would lack rows that the one before has, or may lack some. */
export const wouldLose = ({ gone }: Pick<StaleDay, 'gone'>): boolean => gone === 'unknown' || gone.length > 0

/** Tells which days cannot be rolled up again without rows that their roll-ups have; undefined where there is none. */
export function tellGone(stale: readonly StaleDay[], database: string): string | undefined {
  const lacking = stale.filter(wouldLose)
  return lacking.length === 0 ? undefined : tellLacking(lacking, database)
}

/** The same of days that lack some. */
export function tellLacking(lacking: readonly Lacking[], database: string): string {
  const days = lacking.map(({ plan }) => plan.day).join(', ')
  const keys = lacking.flatMap(({ gone }) => (gone === 'unknown' ? [] : gone))
  const unlisted = lacking.filter(({ gone }) => gone === 'unknown').map(({ plan }) => plan.day)
  const got = [
    ...(keys.length > 0 ? [`some missing (${countByDay(keys)})`] : []),
    ...(unlisted.length > 0 ? [`no ${manifestAt('')} that lists those of ${unlisted.join(', ')}`] : []),
  ].join(', and ')
  return `roll-up of ${days}: expected all files in the log that it was made from, since others have arrived or its SQL is another, got ${got}; restore them, or delete the partition of each such day from ${database}.${rollUpTables.days}, so that only what is left counts`
}
