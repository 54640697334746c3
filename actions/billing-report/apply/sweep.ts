import type { Partition } from '../../../lib/aws/glue-partitions.ts'
import { messageOf } from '../../../lib/errors.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import type { Session } from './session.ts'

const stagingTable = /^(rollup_\d{4}_\d{2}_\d{2}|usage_\d{4}_\d{2}(_whole)?)_[0-9a-f]{12}(_again|_2)?$/
const hour = 3_600_000
// Longer than a run can last.
const tableHours = 11
const prefixHours = 24

/**
 * Removes what earlier runs have left: tables of runs that were killed, and roll-ups that no partition shows any more,
 * after a day, since a reader may be at one. Tables of periods that this run works on go at once.
 */
export async function sweep(periods: readonly string[], session: Session): Promise<void> {
  try {
    await sweepTables(periods, session)
    await sweepPrefixes(session)
  } catch (error) {
    session.context.signal.throwIfAborted()
    session.context.log.warning(`what earlier runs left was not cleaned up: ${messageOf(error)}`)
  }
}

async function sweepTables(
  periods: readonly string[],
  { aws, inputs, context, runId }: Session,
): Promise<void> {
  const worked = periods.map((period) => `_${period.replaceAll('-', '_')}_`)
  for (const { name, created } of await aws.tables.list(inputs.database)) {
    if (!stagingTable.test(name) || name.includes(runId.slice(0, 12))) continue
    const isOld = created < context.clock.now() - tableHours * hour
    if (!isOld && !worked.some((period) => name.includes(period))) continue
    context.log.info(`remove the table ${name} of an earlier run`)
    await aws.tables.remove(inputs.database, name)
  }
}

async function sweepPrefixes({ aws, inputs, bucket, context }: Session): Promise<void> {
  const shown = await Promise.all(
    Object.values(rollUpTables).map(async (table) => await aws.partitions.list(inputs.database, table)),
  )
  const kept = new Set(shown.flat().map(({ location }: Partition) => location))
  const youngest = context.clock.now() - prefixHours * hour
  for (const prefix of ['rollup/', 'usage/']) {
    const runs = new Map<string, { keys: string[]; modified: number }>()
    for await (const { key, modified } of aws.objects.list(bucket, { prefix })) {
      const [folder] = /^.*?\/run=[^/]+\//.exec(key) ?? []
      if (!folder) continue
      const run = runs.get(folder) ?? { keys: [], modified: 0 }
      runs.set(folder, { keys: [...run.keys, key], modified: Math.max(run.modified, modified) })
    }
    const old = [...runs].filter(
      ([folder, { modified }]) => modified < youngest && !kept.has(`s3://${bucket}/${folder}`),
    )
    await aws.objects.remove(
      bucket,
      old.flatMap(([, { keys }]) => keys),
    )
  }
}
