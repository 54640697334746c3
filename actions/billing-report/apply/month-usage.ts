import { UserError } from '../../../lib/errors.ts'
import { addDays, listDays, type Period, startOf } from '../../../lib/service/calendar.ts'
import { gatherFacts, type PeriodFacts } from '../bill/facts.ts'
import type { Usage } from '../bill/usage.ts'
import { listArrivals } from '../observe/arrivals.ts'
import { planDay } from '../plan/day-plan.ts'
import { spanOf } from '../plan/month-plan.ts'
import {
  addDaysUp,
  type Beyond,
  countBeyond,
  readFacts,
  rollUpTables,
  selectUsage,
  takeMonth,
} from '../plan/month-sql.ts'
import { estimateScan, verifyScan } from '../plan/scan.ts'
import { bordersOf, type Window, windowOf } from '../plan/window.ts'
import type { Rates } from '../rates/rates.ts'
import { findStale, tellGone } from './find-stale.ts'
import type { Session } from './session.ts'
import { type Staged, stage, verify } from './stage.ts'
import type { LockedSession } from './under-lock.ts'
import { parseFact, readCount, readUsage } from './usage-result.ts'

/** The usage of a month, which is read once, and the number of its rows, counted apart from it. */
export type MonthUsage = {
  usage: Usage
  rows: bigint
  table: string
  location: string
  /** Where it was read from the log as a whole; its hours are the days of the month, from 0 on. */
  whole?: PeriodFacts
}

/** Reads what the roll-ups know of each day. */
export async function readDays(
  days: Window,
  { query, inputs }: Session,
  what = 'facts of the days',
): Promise<Map<string, PeriodFacts>> {
  const rows = await query.read(what, readFacts(inputs.database, days))
  return gatherFacts(rows.map(parseFact))
}

/** Counts the rows of a month that no roll-up of its days holds, and that arrived in time for the month. */
export async function countRowsBeyond(
  period: Period,
  days: ReadonlyMap<string, PeriodFacts>,
  session: Session,
): Promise<bigint> {
  const window = { first: period.nextDay, next: windowOf(period, session.inputs).next }
  if (window.first >= window.next) return lateIn(days, period)
  const first = (await findUncounted(window, session)) ?? window.next
  const after = await readDays({ first: window.first, next: first }, session, 'facts of the late days')
  const late = lateIn(days, period) + lateIn(after, period)
  return first < window.next ? late + (await countInLog(period, { first, next: window.next }, session)) : late
}

const lateIn = (days: ReadonlyMap<string, PeriodFacts>, { name }: Period) =>
  [...days.values()].reduce((sum, { late }) => sum + (late.get(name) ?? 0n), 0n)

/**
 * Finds the first day whose roll-up has not read all that arrived on it: what arrived late on the others is counted there.
 * Throws UserError where that roll-up has rows that the log lacks.
 */
async function findUncounted(days: Window, { aws, inputs, location }: Session): Promise<string | undefined> {
  const plans = listDays(days.first, days.next).map((day) => ({
    ...planDay(inputs, day),
    window: { first: day, next: addDays(day, 1) },
  }))
  const [partitions, arrivals] = await Promise.all([
    aws.partitions.list(inputs.database, rollUpTables.days),
    listArrivals(location, days, aws),
  ])
  const uncounted = await findStale(plans, partitions, arrivals, aws)
  const gone = tellGone(uncounted, inputs.database)
  if (gone !== undefined) throw new UserError(gone)
  return uncounted[0]?.plan.day
}

async function countInLog(period: Period, window: Window, { query, inputs }: Session): Promise<bigint> {
  const lateBefore: Beyond['lateBefore'] = (day) => bordersOf(day, period.timeZone, inputs).lateBefore
  const [row] = await query.read('late rows', countBeyond(inputs, period, { window, lateBefore }))
  return row ? readCount(row, 'total') : 0n
}

/** Adds a month up from the roll-ups of its days. */
export async function addUpDays(
  period: Period,
  days: ReadonlyMap<string, PeriodFacts>,
  rates: Rates,
  session: Session,
): Promise<MonthUsage> {
  const validFrom = rates.versions.map((version) => version.validFrom)
  const target = placeUsage(period, session, '')
  await session.query.run('add up', addDaysUp(session.inputs.database, period, validFrom, target))
  return { ...target, usage: await readRows('read', target.table, session), rows: rowsOf(period, days) }
}

/** Adds up the rows of a month that the roll-ups of its days hold. */
export const rowsOf = ({ firstDay, nextDay }: Period, days: ReadonlyMap<string, PeriodFacts>): bigint =>
  listDays(firstDay, nextDay).reduce((sum, day) => sum + (days.get(day)?.rows ?? 0n), 0n)

/** A month from the whole log; `odd` says what does not add up. */
export type WholeMonth = MonthUsage | { odd: string }

/** Rolls a whole month up from the log, with all that arrived before a day: late rows of any age are in it. */
export async function rollUpMonth(
  period: Period,
  window: Window,
  rates: Rates,
  session: Session,
  suffix = '',
): Promise<WholeMonth> {
  const plan = planWholeMonth(period, window, rates)
  await verifyWholeScan(`all days of ${period.name} have to be read again`, [plan], session)
  const [staged] = await stage([plan], session)
  if (!staged) throw new Error(`${period.name}: expected a roll-up`)
  const { facts, odd } = await verify([staged], session, new Set())
  const why = odd.get(period.name)
  if (why) return { odd: why }
  return await takeUsage(staged, facts.get(period.name), session, suffix)
}

/** Plans the roll-up of a whole month, from the days of arrival in a window. */
export const planWholeMonth = (period: Period, window: Window, rates: Rates) => ({
  ...{ period, window, lateMonths: [] },
  hourStarts: listDays(period.firstDay, period.nextDay).map((day) => startOf(day, period.timeZone)),
  borders: { lateBefore: 0, earlyFrom: Number.MAX_SAFE_INTEGER },
  versionStarts: rates.versions.map(({ validFrom }) => startOf(validFrom, period.timeZone)),
  ...{ folder: `usage/whole-month=${period.name}`, name: `usage_${period.name.replace('-', '_')}_whole` },
})

/** Refuses to read whole months whose files are larger than what may still be scanned. */
export async function verifyWholeScan(
  what: string,
  plans: readonly { window: Window }[],
  { query, location, aws }: Session,
): Promise<void> {
  const left = query.leftToScan()
  if (left === undefined) return
  const arrivals = await listArrivals(location, spanOf(plans), aws)
  verifyScan(what, estimateScan(plans, arrivals), left)
}

async function takeUsage(
  { plan: { period }, table }: Staged<{ period: Period }>,
  facts: PeriodFacts | undefined,
  session: Session,
  suffix: string,
): Promise<MonthUsage> {
  const target = placeUsage(period, session, suffix)
  await session.query.run(`add up ${period.name}`, takeMonth(session.inputs.database, table, target))
  const usage = await readRows(`read ${period.name}`, target.table, session)
  return { ...target, usage, rows: facts?.rows ?? 0n, ...(facts && { whole: facts }) }
}

function placeUsage({ name }: Period, { bucket, runId, staged }: Session, suffix: string) {
  const table = `usage_${name.replace('-', '_')}_${runId.slice(0, 12)}${suffix}`
  staged.add(table)
  return { table, location: `s3://${bucket}/usage/month=${name}/run=${runId}${suffix}/` }
}

const readRows = async (what: string, table: string, { query, inputs }: Session) =>
  await query.readBy(what, selectUsage(inputs.database, table), readUsage)

/** Shows a month's usage in the table of months: analysts query what was billed. */
export async function publishUsage(
  period: Period,
  { table, location }: MonthUsage,
  session: LockedSession,
): Promise<void> {
  const { aws, inputs, bucket } = session
  const columns = await aws.tables.describeColumns(inputs.database, table)
  const name = rollUpTables.months
  await aws.tables.create(inputs.database, {
    ...{ name, location: `s3://${bucket}/usage/`, columns },
    partitionKey: 'month',
  })
  await session.hold()
  await aws.partitions.point(inputs.database, name, { value: period.name, location, parameters: {}, columns })
}
