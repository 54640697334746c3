import { parseLocation } from '../../lib/aws/s3-objects.ts'
import { lastMonth, monthPeriod, type Period } from '../../lib/service/calendar.ts'
import { makeQuery } from './apply/query.ts'
import { startRecord } from './apply/record.ts'
import type { Session } from './apply/session.ts'
import { dropStaged } from './apply/stage.ts'
import { type Accepted, parseAccepted } from './bill/accepted.ts'
import type { BillState } from './bill/bill.ts'
import type { BillingContext, Connections } from './context.ts'
import type { Inputs } from './inputs.ts'
import { describeSource } from './observe/access-log-table.ts'
import type { DayPlan } from './plan/day-plan.ts'
import { isDraft, planDays } from './plan/month-plan.ts'
import { type Rates, verifyCovers } from './rates/rates.ts'
import { parseRates } from './rates/rates-file.ts'

/** The bill to make: which month, by which rates, and what it will be. */
export type MonthTask = {
  period: Period
  rates: Rates
  ratesText: string
  accepted: Accepted
  state: BillState
  plans: readonly DayPlan[]
}

/** Reads what a bill needs before the first call to AWS. Throws UserError where it cannot be made. */
export function readTask(inputs: Inputs, { clock, readFile }: BillingContext): MonthTask {
  const now = clock.now()
  const period = monthPeriod(inputs.month ?? lastMonth(now, inputs.timeZone), inputs.timeZone)
  const ratesText = readFile(inputs.rates, 'write one, or name another with the input rates')
  const rates = parseRates(ratesText, inputs.rates)
  verifyCovers(rates, period)
  const accepted = parseAccepted(inputs.accept)
  const state = isDraft(period, inputs, now) ? 'draft' : inputs.mode === 'close' ? 'closed' : 'open'
  return { period, rates, ratesText, accepted, state, plans: planDays(period, inputs, now) }
}

/** Checks what all queries need, works, and takes away what the work has left, however it ended. */
export async function inSession<T>(
  inputs: Inputs,
  context: BillingContext,
  aws: Connections,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { location } = await describeSource(inputs, aws)
  const { bucket } = parseLocation(location)
  const runId = context.makeId()
  const record = startRecord()
  const query = makeQuery(inputs, context, aws, { runId, record })
  const session = { inputs, context, aws, location, bucket, runId, record, query, staged: new Set<string>() }
  try {
    return await work(session)
  } finally {
    await query.settle()
    await dropStaged(session)
  }
}
