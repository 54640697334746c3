import type { Outcome } from '../../lib/outcome.ts'
import { closeMonth, readClosedFiles } from './apply/close.ts'
import { makeMonthBill } from './apply/make-bill.ts'
import { publishUsage } from './apply/month-usage.ts'
import { publishFiles } from './apply/publish-files.ts'
import { scannedBytes } from './apply/query.ts'
import { readStatus } from './apply/read-status.ts'
import { findWork, rollUpStale } from './apply/roll-up-recent.ts'
import type { Session } from './apply/session.ts'
import { blockingFindings } from './bill/finding.ts'
import type { BillingContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { readClosed } from './observe/closed-months.ts'
import { planRecentDays } from './plan/month-plan.ts'
import { describeStatements } from './plan/statements.ts'
import { inSession, type MonthTask, readTask } from './prepare.ts'
import { describeRun, renderFiles, reportBill, reportUnbalanced } from './report/report.ts'
import { reportClosed, reportTaken } from './report/report-closed.ts'
import { reportDays, reportPlanned } from './report/report-days.ts'
import { reportIncomplete } from './report/report-incomplete.ts'
import { reportStatus } from './report/report-status.ts'

/** Bills or closes a month, rolls up days, or checks the pipeline. */
export async function run(context: BillingContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  if (inputs.mode === 'status')
    return reportStatus(await readStatus(inputs, context.connect(inputs.prefix), context))
  return inputs.mode === 'daily' ? await rollUpDays(inputs, context) : await billMonth(inputs, context)
}

async function rollUpDays(inputs: Inputs, context: BillingContext): Promise<Outcome> {
  const plans = planRecentDays(inputs, context.clock.now())
  const days = plans.map(({ day }) => day)
  return await inSession(inputs, context, context.connect(inputs.prefix), async (session) => {
    const describe = () => describeRun(`Roll-ups of ${days[0]} to ${days.at(-1)}`, session.record)
    context.remember(describe)
    if (inputs.dryRun) {
      const { stale } = await findWork(plans, session)
      return reportPlanned('roll-ups', stale, describeStatements(plans, inputs))
    }
    const result = await rollUpStale(plans, session)
    return reportDays(result, { days, scannedBytes: scannedBytes(session.record), known: describe() })
  })
}

async function billMonth(inputs: Inputs, context: BillingContext): Promise<Outcome> {
  const task = readTask(inputs, context)
  const aws = context.connect(inputs.prefix)
  const closed = await readClosed(task.period.name, aws)
  if (closed && !inputs.dryRun) {
    const files = await publishFiles(closed.month, await readClosedFiles(closed, aws), { inputs, context })
    return reportClosed(closed, task.ratesText, files)
  }
  return await inSession(inputs, context, aws, async (session) => {
    context.remember(() => describeRun(`Bill of ${task.period.name}`, session.record))
    if (!inputs.dryRun) return await billOpen(task, session)
    const { stale } = await findWork(task.plans, session)
    return reportPlanned(task.period.name, stale, describeStatements(task.plans, inputs, task))
  })
}

async function billOpen(task: MonthTask, session: Session): Promise<Outcome> {
  const made = await makeMonthBill(task, session)
  const known = describeRun(`Bill of ${task.period.name}`, session.record)
  if ('odd' in made) return reportUnbalanced(task.period, made.odd, known)
  const { bill } = made
  const isDraft = bill.state === 'draft'
  if (!isDraft && blockingFindings(bill.findings).length > 0) return reportIncomplete(bill, known)
  if (!isDraft) await publishUsage(task.period, made.month, session)
  const rendered = renderFiles(bill)
  const kept = { rendered, rates: task.ratesText, manifest: made.manifest }
  if (bill.state === 'closed' && !(await closeMonth(bill, kept, session)))
    return reportTaken(task.period, known)
  const files = await publishFiles(task.period.name, rendered, session)
  return reportBill(bill, { scannedBytes: scannedBytes(session.record), files })
}
