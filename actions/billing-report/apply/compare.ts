import { UserError } from '../../../lib/errors.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import { makeBill } from '../bill/bill.ts'
import { type Comparison, compareTotals } from '../bill/comparison.ts'
import { selectDays } from '../plan/month-sql.ts'
import type { Decimal } from '../rates/decimal.ts'
import type { Rates } from '../rates/rates.ts'
import type { StaleDay } from './find-stale.ts'
import type { Session } from './session.ts'
import { readUsage } from './usage-result.ts'

type Task = { period: Period; rates: Rates; otherRates: Rates }

/** Prices the roll-ups of a month by two rates files; writes nothing. Throws UserError where roll-ups have to be made first. */
export async function compareRates(
  { period, rates, otherRates }: Task,
  stale: readonly StaleDay[],
  session: Session,
): Promise<Comparison> {
  const [first, last = first] = [stale[0], stale.at(-1)].map((each) => each?.plan.day)
  if (first)
    throw new UserError(
      `compare-rates: ${stale.length} days of ${period.name} have no roll-up, or a stale one; run mode daily with backfill ${first}..${last} first`,
    )
  const now = await addUp('the rates', rates, period, session)
  return compareTotals(now, await addUp('the other rates', otherRates, period, session))
}

async function addUp(
  what: string,
  rates: Rates,
  period: Period,
  { query, inputs }: Session,
): Promise<Map<string, Decimal>> {
  const totals = new Map<string, Decimal>()
  const validFrom = rates.versions.map((version) => version.validFrom)
  const usage = await query.readBy(
    `usage by ${what}`,
    selectDays(inputs.database, period, validFrom),
    readUsage,
  )
  await makeBill(period, usage, 0n, rates, undefined, ({ user, total }) => totals.set(user, total))
  return totals
}
