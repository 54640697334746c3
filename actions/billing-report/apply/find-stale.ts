import type { Partition } from '../../../lib/aws/glue-partitions.ts'
import type { Connections } from '../context.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { type Arrivals, digestOf, filesOf, hasNewFile } from '../plan/manifest.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import { countByDay, listGone, readManifest } from './gone-files.ts'

/** Why a day has to be rolled up. */
export type StaleDay = {
  plan: DayPlan
  why: 'missing' | 'other SQL' | 'new files'
  /** Keys that its roll-up has read, and that are gone from the log: another one would lack their rows. */
  gone: readonly string[]
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
      const manifest = await readManifest(partition.location, aws)
      if (!isOther && !hasNewFile(files, manifest)) return undefined
      return { plan, why: isOther ? 'other SQL' : 'new files', gone: listGone(manifest, files, plan.window) }
    }),
  )
  const stale = found.filter((each) => each !== undefined)
  const [first] = plans
  return stale.length === 0 && byDay.size === 0 && first ? [{ plan: first, why: 'missing', gone: [] }] : stale
}

/** Tells which days cannot be rolled up again without rows that their roll-ups have; undefined where there is none. */
export function tellGone(stale: readonly StaleDay[], database: string): string | undefined {
  const lacking = stale.filter(({ gone }) => gone.length > 0)
  if (lacking.length === 0) return undefined
  const days = lacking.map(({ plan }) => plan.day).join(', ')
  const files = countByDay(lacking.flatMap(({ gone }) => gone))
  return `roll-up of ${days}: expected all files in the log that it was made from, since others have arrived or its SQL is another, got some missing (${files}); restore them, or delete the partition of each such day from ${database}.${rollUpTables.days}, so that only what is left counts`
}
