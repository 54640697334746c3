import { UserError } from '../../../lib/errors.ts'
import { addMonths, dayAt, type Period, startOf } from '../../../lib/service/calendar.ts'
import type { Adjustment } from '../bill/adjustments.ts'
import type { PeriodFacts } from '../bill/facts.ts'
import type { Evidence } from '../bill/incomplete.ts'
import type { PageData } from '../bill/page-data.ts'
import { findPausedDays } from '../bill/paused-days.ts'
import { listArrivals } from '../observe/arrivals.ts'
import { readClosed, readClosedBefore } from '../observe/closed-months.ts'
import { readPauses } from '../observe/pauses.ts'
import { describeParts } from '../observe/pipeline.ts'
import { countRejected } from '../observe/rejected.ts'
import { countRequests } from '../observe/requests.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { filesOf, formatManifest } from '../plan/manifest.ts'
import { spanOf } from '../plan/month-plan.ts'
import { windowOf } from '../plan/window.ts'
import type { Rates } from '../rates/rates.ts'
import { adjustMonths, countUnreachable } from './adjust.ts'
import { addUpDays, countRowsBeyond, type MonthUsage, readDays, rollUpMonth, rowsOf } from './month-usage.ts'
import { type Pauses, readPageData } from './page-data.ts'
import { rollUpStale } from './roll-up-recent.ts'
import type { Session } from './session.ts'
import type { LockedSession } from './under-lock.ts'

/** All that a bill is made of. */
export type MonthRead = {
  month: MonthUsage
  evidence: Evidence
  adjustments: readonly Adjustment[]
  page: PageData
  /** The objects that were surely read, for the corrections too, one a line. */
  manifest: string
  /** Closed months that were looked at for corrections. */
  corrected: readonly string[]
}

type Task = { period: Period; rates: Rates; plans: readonly DayPlan[]; draft: boolean }

/** Reads a month from the roll-ups of its days, which are made where they are missing or stale; `odd` does not add up. */
export async function readMonth(task: Task, session: LockedSession): Promise<MonthRead | { odd: string }> {
  const { period, rates, plans, draft } = task
  const { inputs, aws, location } = session
  const window = windowOf(period, inputs)
  // Whether what arrives from here on is in the bill, nobody knows: it is not listed, and the next bill looks for its rows.
  const before = await listArrivals(location, window, aws)
  const odd = await refreshDays(task, session)
  if (odd) return { odd }
  const days = await readDays({ first: period.firstDay, next: period.nextDay }, session)
  const month = await addUp(period, days, rates, session)
  if ('odd' in month) return month
  const closed = await readClosedBefore(period.name, inputs.adjustMonths, aws)
  const adjusted = await adjustMonths(task, closed, days, session)
  if ('odd' in adjusted) return adjusted
  const late = countUnreachable(period, closed, days, inputs)
  const pauses = await gatherPauses(period, plans, session)
  const known = { days, late, month, draft, paused: pauses.days }
  const evidence = await gatherEvidence(period, plans, known, session)
  const page = await readPageData(period, plans, pauses, session)
  const { adjustments, windows } = adjusted
  const read = spanOf([window, ...windows].map((each) => ({ window: each })))
  const others = [...(await listArrivals(location, read, aws))].filter(
    ([day]) => day < window.first || window.next <= day,
  )
  const manifest = formatManifest(filesOf(new Map([...before, ...others]), read))
  const corrected = closed.map((bill) => bill.month)
  return { month, evidence, adjustments, page, manifest, corrected }
}

/** Reads the pauses until the month ends, for a draft until the last day that is over. */
async function gatherPauses(
  period: Period,
  plans: readonly DayPlan[],
  { inputs, context, aws }: Session,
): Promise<Pauses> {
  const today = startOf(dayAt(context.clock.now(), period.timeZone), period.timeZone)
  const until = Math.max(period.start, Math.min(period.end, today))
  const { events, damaged } = await readPauses(inputs, { start: period.start, end: until }, aws)
  for (const place of damaged) context.log.warning(`${place}: is no event of the ledger, and is passed over`)
  const days = plans.map(({ day }) => day).filter((day) => startOf(day, period.timeZone) < until)
  return { events, until, days: findPausedDays(events, days, period.timeZone) }
}

async function refreshDays(
  { period, plans, draft }: Task,
  session: LockedSession,
): Promise<string | undefined> {
  const { postponed, odd, gone } = await rollUpStale(plans, session, [period.name])
  if (gone !== undefined && !draft) throw new UserError(gone)
  if (gone !== undefined) session.context.log.warning(`${gone}: the draft has the earlier roll-ups`)
  if (postponed.length === 0) return odd
  const sentence = `files of ${postponed.join(', ')} still arrive`
  if (!draft) throw new UserError(`${sentence}; run it again in some minutes`)
  session.context.log.warning(`${sentence}: the draft does not have their latest rows`)
  return odd
}

/** A row that no roll-up of a day reaches, and that is in time for the month, makes it be read as a whole. */
async function addUp(
  period: Period,
  days: ReadonlyMap<string, PeriodFacts>,
  rates: Rates,
  session: Session,
): Promise<MonthUsage | { odd: string }> {
  const beyond = await countRowsBeyond(period, days, session)
  if (beyond === 0n) return await addUpDays(period, days, rates, session)
  session.context.log.info(
    `${beyond} rows arrived later than ${session.inputs.lateDays} days: read the whole month`,
  )
  const month = await rollUpMonth(period, windowOf(period, session.inputs), rates, session)
  if ('odd' in month) return month
  const expected = rowsOf(period, days) + beyond
  if (month.rows === expected) return month
  return {
    odd: `${period.name}: the days have ${expected} rows, ${beyond} of them late, and the month ${month.rows}`,
  }
}

type Known = Pick<Evidence, 'late' | 'paused'> & {
  days: ReadonlyMap<string, PeriodFacts>
  month: MonthUsage
  draft: boolean
}

async function gatherEvidence(
  period: Period,
  plans: readonly DayPlan[],
  { days, late, month: { rows, whole }, draft, paused }: Known,
  { inputs, context, aws, location }: Session,
): Promise<Evidence> {
  const today = dayAt(context.clock.now(), period.timeZone)
  const sum = (pick: (facts: PeriodFacts) => bigint) =>
    [...days.values()].reduce((total, facts) => total + pick(facts), 0n)
  const [rejected, requests, before, after, parts] = await Promise.all([
    countRejected(location, period, inputs.partitionZone, aws),
    countRequests(inputs, period, aws),
    readClosed(addMonths(period.name, -1), aws),
    readClosed(addMonths(period.name, 1), aws),
    rows === 0n && !draft ? describeParts(inputs, aws, context.clock.now()) : [],
  ])
  // The roll-up of a day lacks what arrived after its late days.
  const rowsOn = (day: string, at: number) => (days.get(day)?.rows || whole?.hours.get(at)) ?? 0n
  const over = plans.filter(({ day }) => day < today)
  return {
    days: new Map(over.map(({ day }, at) => [day, rowsOn(day, at)])),
    rejected,
    conflicts: sum((facts) => facts.conflicts),
    eventTime: sum((facts) => facts.eventTime),
    late,
    neighbours: [before, after].filter((bill) => bill !== undefined),
    paused,
    hours: hoursOf(plans, days),
    requests,
    broken: parts.filter(({ verdict }) => verdict === 'broken').map(({ name, state }) => `${name}: ${state}`),
  }
}

function hoursOf(plans: readonly DayPlan[], days: ReadonlyMap<string, PeriodFacts>): Map<number, bigint> {
  const hours = new Map<number, bigint>()
  for (const { day, hourStarts } of plans)
    for (const [number, rows] of days.get(day)?.hours ?? []) {
      const start = hourStarts[number] ?? 0
      hours.set(start, (hours.get(start) ?? 0n) + rows)
    }
  return hours
}
