import type { Period } from '../../../lib/service/calendar.ts'
import { type Accepted, acceptFindings } from '../bill/accepted.ts'
import { type Bill, type BillState, findImbalance, makeBill } from '../bill/bill.ts'
import { findIncomplete } from '../bill/incomplete.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import type { Rates } from '../rates/rates.ts'
import type { MonthUsage } from './month-usage.ts'
import { readMonth } from './read-month.ts'
import type { Session } from './session.ts'

/** A bill, and what it was made of. */
export type MadeBill = { bill: Bill; month: MonthUsage; manifest: string }

type Task = { period: Period; rates: Rates; state: BillState; accepted: Accepted; plans: readonly DayPlan[] }

/** Makes the bill of a month; `odd` says which equation does not hold. */
export async function makeMonthBill(
  { period, rates, state, accepted, plans }: Task,
  session: Session,
): Promise<MadeBill | { odd: string }> {
  const read = await readMonth({ period, rates, plans, draft: state === 'draft' }, session)
  if ('odd' in read) return read
  const { month, evidence, adjustments, manifest } = read
  const found = findIncomplete(period, month.usage, rates, evidence)
  const findings = acceptFindings(found, accepted)
  const bill = makeBill(period, month.usage, month.rows, rates, { state, findings, adjustments })
  const odd = findImbalance(bill)
  return odd === undefined ? { bill, month, manifest } : { odd }
}
