import { messageOf } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { gatherFacts, type PeriodFacts } from '../bill/facts.ts'
import { spanOf } from '../plan/month-plan.ts'
import { readStagedFacts } from '../plan/month-sql.ts'
import { countPartitions, type RollUp, rollUp, type Target } from '../plan/sql.ts'
import type { Window } from '../plan/window.ts'
import type { Session } from './session.ts'
import { parseFact, readCount } from './usage-result.ts'

/** Queries at a time: Athena runs 20 of an account, which has others. */
const concurrency = 4

/** A roll-up that is written, and visible nowhere yet. */
export type Staged<P> = Target & { plan: P }

type Placed = RollUp & { folder: string; name: string }

/** Writes roll-ups into places of their own; `again` tells a second try of a run from its first. */
export async function stage<P extends Placed>(
  plans: readonly P[],
  session: Session,
  again = '',
): Promise<Staged<P>[]> {
  const { inputs, runId, bucket, query, context } = session
  const [first, ...more] = plans.map(({ period }) => period.name)
  if (first) context.log.info(`roll up ${[first, ...more.slice(-1)].join(' to ')} (${inputs.timeZone})`)
  return await mapConcurrently(plans, { concurrency, signal: context.signal }, async (plan) => {
    const target = {
      table: `${plan.name}_${runId.slice(0, 12)}${again}`,
      location: `s3://${bucket}/${plan.folder}/run=${runId}${again}/`,
    }
    session.staged.add(target.table)
    await query.run(`roll up ${plan.period.name}${again}`, rollUp(inputs, plan, target))
    return { plan, ...target }
  })
}

/** Removes the tables of roll-ups; their files stay. One that stays costs nothing, and neither the bill nor the error before it. */
export async function dropStaged({ staged, inputs: { database }, aws, context }: Session): Promise<void> {
  for (const table of staged) {
    try {
      await aws.tables.remove(database, table)
    } catch (error) {
      context.log.warning(`the table ${database}.${table} stays, and can be removed: ${messageOf(error)}`)
    }
  }
}

/** A roll-up that has not read what the files hold; `periods` gives what is known of each by its name. */
export type Verified = { facts: Map<string, PeriodFacts>; odd: Map<string, string> }

/**
 * Compares what roll-ups have read with the rows of the partitions, which Athena counts without looking into them, and
 * with S3's listing: a partition that has files and no row is one that the table does not show.
 */
export async function verify(
  staged: readonly Staged<RollUp>[],
  { query, inputs }: Session,
  listed: ReadonlySet<string>,
): Promise<Verified> {
  const tables = new Map(staged.map(({ plan, table }) => [plan.period.name, table]))
  const rows = await query.read('facts', readStagedFacts(inputs.database, tables))
  const facts = gatherFacts(rows.map(parseFact))
  const partitions = await countRows(spanOf(staged.map(({ plan }) => plan)), query, inputs)
  const odd = new Map<string, string>()
  for (const { plan } of staged) {
    const why = findOdd(plan, facts.get(plan.period.name), partitions, listed)
    if (why) odd.set(plan.period.name, why)
  }
  return { facts, odd }
}

async function countRows(
  window: Window,
  query: Session['query'],
  inputs: Session['inputs'],
): Promise<Map<string, bigint>> {
  const counted = new Map<string, bigint>()
  for (const row of await query.read('count', countPartitions(inputs, window)))
    counted.set(`${row.year}-${row.month}-${row.day}`, readCount(row, 'total'))
  return counted
}

function findOdd(
  { window: { first, next }, period: { name } }: RollUp,
  facts: PeriodFacts | undefined,
  partitions: ReadonlyMap<string, bigint>,
  listed: ReadonlySet<string>,
): string | undefined {
  const isInside = (day: string) => first <= day && day < next
  const unread = [...listed].filter((day) => isInside(day) && !partitions.has(day)).sort()
  if (unread.length > 0)
    return `${name}: the log has files of ${unread.join(', ')} in S3, and the table shows no row of them; check its partition projection with mode status`
  const counted = [...partitions].reduce((sum, [day, rows]) => sum + (isInside(day) ? rows : 0n), 0n)
  const read = facts?.read ?? 0n
  if (counted === read) return undefined
  return `${name}: the files that arrived from ${first} to before ${next} hold ${counted} rows, and the roll-up has read ${read}`
}
