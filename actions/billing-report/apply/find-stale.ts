import { text } from 'node:stream/consumers'
import { awsErrorName } from '../../../lib/aws/errors.ts'
import type { Partition } from '../../../lib/aws/glue-partitions.ts'
import type { Connections } from '../context.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { type Arrivals, digestOf, filesOf, hasNewFile, manifestAt } from '../plan/manifest.ts'

/** Why a day has to be rolled up. */
export type StaleDay = { plan: DayPlan; why: 'missing' | 'other SQL' | 'new files' }

/**
 * Finds the days whose roll-up is missing, was made by other SQL, or lacks a file that the listing shows. A day without
 * a file needs none, unless there is no roll-up at all: the queries need the table.
 */
export async function findStale(
  plans: readonly DayPlan[],
  partitions: readonly Partition[],
  arrivals: Arrivals,
  { objects }: Pick<Connections, 'objects'>,
): Promise<StaleDay[]> {
  const byDay = new Map(partitions.map((partition) => [partition.value, partition]))
  const found = await Promise.all(
    plans.map(async (plan): Promise<StaleDay | undefined> => {
      const partition = byDay.get(plan.day)
      const files = filesOf(arrivals, plan.window)
      if (!partition) return files.length > 0 ? { plan, why: 'missing' } : undefined
      if (partition.parameters.sql !== plan.sqlDigest) return { plan, why: 'other SQL' }
      if (partition.parameters.files === digestOf(files)) return undefined
      const manifest = await readManifest(partition.location, objects)
      return hasNewFile(files, manifest) ? { plan, why: 'new files' } : undefined
    }),
  )
  const stale = found.filter((each) => each !== undefined)
  const [first] = plans
  return stale.length === 0 && byDay.size === 0 && first ? [{ plan: first, why: 'missing' }] : stale
}

async function readManifest(location: string, objects: Connections['objects']): Promise<string> {
  try {
    return await text(objects.read(manifestAt(location)))
  } catch (error) {
    if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error))) return ''
    throw error
  }
}
