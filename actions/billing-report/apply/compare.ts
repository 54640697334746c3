import { UserError } from '../../../lib/errors.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import { findImbalance, makeBill } from '../bill/bill.ts'
import { type Comparison, compareTotals } from '../bill/comparison.ts'
import { selectDays, selectMonth } from '../plan/month-sql.ts'
import type { Statement } from '../plan/sql.ts'
import { windowOf } from '../plan/window.ts'
import type { Decimal } from '../rates/decimal.ts'
import type { Rates } from '../rates/rates.ts'
import type { StaleDay } from './find-stale.ts'
import { countRowsBeyond, planWholeMonth, readDays, rowsOf, verifyWholeScan } from './month-usage.ts'
import type { Session } from './session.ts'
import { readUsage } from './usage-result.ts'

type Task = { period: Period; rates: Rates; otherRates: Rates }

/**
 * Prices the rows that a bill of the month has by two rates files; writes nothing. Throws UserError where roll-ups have
 * to be made first.
 */
export async function compareRates(
  task: Task,
  stale: readonly StaleDay[],
  session: Session,
): Promise<Comparison> {
  const { period, rates, otherRates } = task
  const [first, last = first] = [stale[0], stale.at(-1)].map((each) => each?.plan.day)
  if (first)
    throw new UserError(
      `compare-rates: ${stale.length} days of ${period.name} have no roll-up, or a stale one; run mode daily with backfill ${first}..${last} first`,
    )
  const month = await findRows(task, session)
  const now = await addUp('the rates', rates, month, session)
  return compareTotals(now, await addUp('the other rates', otherRates, month, session))
}

/** The rows of a month, counted apart, and the statement that reads them by the versions of rates. */
type MonthRows = { period: Period; rows: bigint; select: (rates: Rates) => Statement }

/** As for a bill, a row that no roll-up of a day reaches makes the month be read as a whole. */
async function findRows({ period, rates, otherRates }: Task, session: Session): Promise<MonthRows> {
  const { inputs, context } = session
  const days = await readDays({ first: period.firstDay, next: period.nextDay }, session)
  const beyond = await countRowsBeyond(period, days, session)
  const month = { period, rows: rowsOf(period, days) + beyond }
  if (beyond === 0n) {
    const validFrom = ({ versions }: Rates) => versions.map((version) => version.validFrom)
    return { ...month, select: (some) => selectDays(inputs.database, period, validFrom(some)) }
  }
  const plan = (some: Rates) => planWholeMonth(period, windowOf(period, inputs), some)
  const what = `all days of ${period.name}, counted once for each rates file, have to be read again`
  await verifyWholeScan(what, [rates, otherRates].map(plan), session)
  context.log.info(
    `${beyond} rows arrived later than ${inputs.lateDays} days: read the whole month for each rates file`,
  )
  return { ...month, select: (some) => selectMonth(inputs, plan(some)) }
}

async function addUp(
  what: string,
  rates: Rates,
  { period, rows, select }: MonthRows,
  { query }: Session,
): Promise<Map<string, Decimal>> {
  const totals = new Map<string, Decimal>()
  const usage = await query.readBy(`usage by ${what}`, select(rates), readUsage)
  const bill = await makeBill(period, usage, rows, rates, undefined, ({ user, total }) =>
    totals.set(user, total),
  )
  const odd = findImbalance(bill)
  if (odd !== undefined)
    throw new UserError(`compare-rates: ${odd}; rows may just have arrived, run it again`)
  return totals
}
