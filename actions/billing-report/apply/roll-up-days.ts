import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { PeriodFacts } from '../bill/facts.ts'
import { listArrivals } from '../observe/arrivals.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { type Arrivals, digestOf, filesOf, formatManifest, manifestAt } from '../plan/manifest.ts'
import { spanOf } from '../plan/month-plan.ts'
import { rollUpTables } from '../plan/month-sql.ts'
import type { Session } from './session.ts'
import { type Staged, stage, verify } from './stage.ts'
import type { LockedSession } from './under-lock.ts'

/** How roll-ups of days ended: which were published, for which files still arrived, and the first that does not add up. */
export type RolledUp = {
  published: readonly string[]
  postponed: readonly string[]
  odd: string | undefined
  /** What is known of each day that was rolled up. */
  facts: ReadonlyMap<string, PeriodFacts>
}

/** What becomes of no day. */
export const nothingRolledUp: RolledUp = { published: [], postponed: [], odd: undefined, facts: new Map() }

type Placed = DayPlan & { folder: string; name: string }

/** Rolls days up, and shows each where all of its rows are accounted for: a reader sees the old roll-up or the new one. */
export async function rollUpDays(
  plans: readonly DayPlan[],
  arrivals: Arrivals,
  session: LockedSession,
): Promise<RolledUp> {
  if (plans.length === 0) return nothingRolledUp
  const placed = plans.map((plan) => ({
    ...plan,
    folder: `rollup/day=${plan.day}`,
    name: `rollup_${plan.day.replaceAll('-', '_')}`,
  }))
  const first = await stage(placed, session)
  const listed = await relist(placed, session)
  const moved = first.filter(({ plan }) => isMoved(plan, arrivals, listed)).map(({ plan }) => plan)
  const second = await stage(moved, session, '_2')
  const listedAgain = moved.length > 0 ? await relist(placed, session) : listed
  const postponed = moved.filter((plan) => isMoved(plan, listed, listedAgain)).map(({ day }) => day)
  const settled = [...first.filter(({ plan }) => !moved.includes(plan)), ...second].filter(
    ({ plan }) => !postponed.includes(plan.day),
  )
  if (settled.length === 0) return { ...nothingRolledUp, postponed }
  const { odd, facts } = await verify(settled, session, new Set(listed.keys()))
  const even = settled.filter(({ plan }) => !odd.has(plan.day))
  await publish(even, listed, session)
  return { published: even.map(({ plan }) => plan.day), postponed, odd: [...odd.values()][0], facts }
}

const isMoved = ({ window }: DayPlan, before: Arrivals, after: Arrivals) =>
  digestOf(filesOf(before, window)) !== digestOf(filesOf(after, window))

async function relist(plans: readonly DayPlan[], { location, aws }: Session): Promise<Arrivals> {
  return await listArrivals(location, spanOf(plans), aws)
}

async function publish(
  staged: readonly Staged<Placed>[],
  arrivals: Arrivals,
  session: LockedSession,
): Promise<void> {
  const { aws, inputs, bucket } = session
  const { database } = inputs
  const [first] = staged
  if (!first) return
  const columns = await aws.tables.describeColumns(database, first.table)
  const name = rollUpTables.days
  await aws.tables.create(database, {
    name,
    location: `s3://${bucket}/rollup/`,
    columns,
    partitionKey: 'day',
  })
  await mapConcurrently(
    staged,
    { concurrency: 4, signal: session.context.signal },
    async ({ plan, location }) => {
      const files = filesOf(arrivals, plan.window)
      await aws.objects.write(manifestAt(location), formatManifest(files))
      await session.hold()
      const parameters = { sql: plan.sqlDigest, files: digestOf(files) }
      await aws.partitions.point(database, name, { value: plan.day, location, parameters, columns })
    },
  )
}
