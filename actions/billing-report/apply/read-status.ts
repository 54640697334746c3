import { addMonths, dayAt, listDays } from '../../../lib/service/calendar.ts'
import type { BillingContext, Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { listArrivals } from '../observe/arrivals.ts'
import { countArrivals, type DayArrivals, describeParts, type Part } from '../observe/pipeline.ts'
import { type DayPlan, planDay } from '../plan/day-plan.ts'
import { type Arrivals, filesOf } from '../plan/manifest.ts'
import { spanOf } from '../plan/month-plan.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import { costPart } from './data-cost-part.ts'
import { findStale, tellGone, wouldLose } from './find-stale.ts'

/** How the pipeline stands, and what arrived in the last days. */
export type Status = { parts: readonly Part[]; arrivals: readonly DayArrivals[] }

/** Reads how the pipeline and the roll-ups stand. */
export async function readStatus(
  inputs: Inputs,
  aws: Connections,
  { clock }: Pick<BillingContext, 'clock'>,
): Promise<Status> {
  const now = clock.now()
  const table = await aws.tables.describe(inputs.database, inputs.table)
  const parts = await describeParts(inputs, aws, now)
  if (!table) return { parts, arrivals: [] }
  const today = dayAt(now, inputs.timeZone)
  const first = `${addMonths(today.slice(0, 7), -1)}-01`
  const plans = listDays(first, today).map((day) => planDay(inputs, day))
  const files = await listArrivals(table.location, spanOf(plans), aws)
  const [arrivals, rollUps, cost] = await Promise.all([
    countArrivals(table, inputs, aws, now),
    rollUpPart(plans, files, inputs, aws),
    costPart(table.location, plans, files, aws),
  ])
  return { parts: [...parts, rollUps, cost], arrivals }
}

/** Compares the roll-ups of this month and the one before with S3's listing. */
async function rollUpPart(
  plans: readonly DayPlan[],
  arrivals: Arrivals,
  inputs: Inputs,
  aws: Connections,
): Promise<Part> {
  const [first, last] = [plans[0]?.day, plans.at(-1)?.day]
  const partitions = await aws.partitions.list(inputs.database, rollUpTables.days)
  const stale = await findStale(plans, partitions, arrivals, aws)
  const needed = stale.filter((each) => wouldLose(each) || filesOf(arrivals, each.plan.window).length > 0)
  const part = { part: 'roll-ups', name: `${inputs.database}.${rollUpTables.days}` }
  const [oldest] = needed
  if (!oldest) return { ...part, verdict: 'ok', state: `up to date from ${first} on`, advice: '' }
  const days = needed.map(({ plan, why }) => `${plan.day} (${why})`)
  const gone = tellGone(needed, inputs.database)
  return {
    ...part,
    verdict: 'warning',
    state: `${needed.length} of ${plans.length} days are missing or stale: ${days.slice(0, 3).join(', ')}${days.length > 3 ? ', …' : ''}`,
    advice:
      gone ??
      `run mode daily with backfill ${oldest.plan.day}..${last}; a bill makes those that it needs, too`,
  }
}
