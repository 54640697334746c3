import type { Period } from '../../../lib/service/calendar.ts'
import { type Accepted, acceptFindings } from '../bill/accepted.ts'
import type { BillFacts, BillState } from '../bill/bill.ts'
import { findIncomplete } from '../bill/incomplete.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import type { Rates } from '../rates/rates.ts'
import { type MonthRead, readMonth } from './read-month.ts'
import type { LockedSession } from './under-lock.ts'

/** What a bill is made of. */
export type BillParts = Omit<MonthRead, 'evidence' | 'adjustments'> & { facts: BillFacts }

type Task = { period: Period; rates: Rates; state: BillState; accepted: Accepted; plans: readonly DayPlan[] }

/** Gathers what the bill of a month is made of; `odd` says which equation does not hold. */
export async function gatherBill(
  { period, rates, state, accepted, plans }: Task,
  session: LockedSession,
): Promise<BillParts | { odd: string }> {
  const read = await readMonth({ period, rates, plans, draft: state === 'draft' }, session)
  if ('odd' in read) return read
  const { evidence, adjustments, ...parts } = read
  const find: BillFacts['findIncomplete'] = (uncounted) =>
    acceptFindings(findIncomplete(period, rates, { ...evidence, ...uncounted }), accepted)
  return { facts: { state, adjustments, findIncomplete: find }, ...parts }
}
