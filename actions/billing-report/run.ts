import type { Outcome } from '../../lib/outcome.ts'
import { endBy } from '../../lib/wait.ts'
import { scannedBytes } from './apply/query.ts'
import { readStatus } from './apply/read-status.ts'
import { findWork, rollUpRecent } from './apply/roll-up-recent.ts'
import type { BillingContext, RunContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { planRecentDays } from './plan/month-plan.ts'
import { describeStatements } from './plan/statements.ts'
import { inSession } from './prepare.ts'
import { describeRun } from './report/report.ts'
import { reportDays, reportPlanned } from './report/report-days.ts'
import { reportStatus } from './report/report-status.ts'
import { billMonth } from './run/bill-month.ts'

/** How much later than the deadline of all waits a call ends: the wait that it belongs to says better what it waited for. */
export const callGraceMs = 5_000

// What ends with it is cleaned up, and still every action ends within 10 s of its time.
const graceMs = 8_000

/** Bills or closes a month, rolls up days, or checks the pipeline, and ends in time whatever it is at. */
export async function run(context: BillingContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const deadline = context.clock.now() + inputs.timeoutSeconds * 1000
  const timed = { ...context, deadline }
  return await endBy(async () => await work(inputs, timed), {
    ...timed,
    what: `mode ${inputs.mode}`,
    graceMs,
  })
}

async function work(inputs: Inputs, context: RunContext): Promise<Outcome> {
  if (inputs.mode === 'status')
    return reportStatus(await readStatus(inputs, context.connect(inputs.prefix, context.deadline), context))
  return inputs.mode === 'daily' ? await rollUpDays(inputs, context) : await billMonth(inputs, context)
}

async function rollUpDays(inputs: Inputs, context: RunContext): Promise<Outcome> {
  const plans = planRecentDays(inputs, context.clock.now())
  const days = plans.map(({ day }) => day)
  const aws = context.connect(inputs.prefix, context.deadline)
  return await inSession(inputs, context, aws, async (session) => {
    const describe = () => describeRun(`Roll-ups of ${days[0]} to ${days.at(-1)}`, session.record)
    context.remember(describe)
    if (inputs.dryRun) {
      return reportPlanned('roll-ups', await findWork(plans, session), describeStatements(plans, inputs))
    }
    const result = await rollUpRecent(plans, session)
    return reportDays(result, { days, scannedBytes: scannedBytes(session.record), known: describe() })
  })
}
