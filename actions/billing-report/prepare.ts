import { parseLocation } from '../../lib/aws/s3-objects.ts'
import { UserError } from '../../lib/errors.ts'
import { lastMonth, monthPeriod, type Period } from '../../lib/service/calendar.ts'
import { makeQuery } from './apply/query.ts'
import { startRecord } from './apply/record.ts'
import type { Session } from './apply/session.ts'
import { dropStaged } from './apply/stage.ts'
import { type Accepted, parseAccepted } from './bill/accepted.ts'
import type { BillState } from './bill/bill.ts'
import type { BillingContext, Connections, RunContext } from './context.ts'
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
  /** Other rates to compare with, and the path of their file. */
  other: { path: string; rates: Rates } | undefined
  accepted: Accepted
  state: BillState
  plans: readonly DayPlan[]
}

/** Reads what a bill needs before the first call to AWS. Throws UserError where it cannot be made. */
export function readTask(inputs: Inputs, context: BillingContext): MonthTask {
  const now = context.clock.now()
  const period = monthPeriod(inputs.month ?? lastMonth(now, inputs.timeZone), inputs.timeZone)
  const { rates, text: ratesText } = readRates('rates', inputs.rates, period, context)
  const path = inputs.compareRates
  const other =
    path === undefined ? undefined : { path, ...readRates('compare-rates', path, period, context) }
  if (other && other.rates.currency !== rates.currency)
    throw new UserError(
      `${path}: expected the currency ${rates.currency} of ${inputs.rates}, got ${other.rates.currency}`,
    )
  const accepted = parseAccepted(inputs.accept)
  const state = isDraft(period, inputs, now) ? 'draft' : inputs.mode === 'close' ? 'closed' : 'open'
  const plans = planDays(period, inputs, now)
  return { period, rates, ratesText, other, accepted, state, plans }
}

function readRates(input: string, path: string, period: Period, { readFile }: BillingContext) {
  const text = readFile(path, `write one, or name another with the input ${input}`)
  const rates = parseRates(text, path)
  verifyCovers(rates, period)
  return { rates, text }
}

/** Checks what all queries need, works, and takes away what the work has left, however it ended. */
export async function inSession<T>(
  inputs: Inputs,
  context: RunContext,
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
