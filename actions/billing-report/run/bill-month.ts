import type { Outcome } from '../../../lib/outcome.ts'
import { readClosedFiles } from '../apply/close.ts'
import { compareRates } from '../apply/compare.ts'
import { prepareKeeping } from '../apply/keep-bill.ts'
import { gatherBill } from '../apply/make-bill.ts'
import { type Publishing, publishFiles, uploadFiles } from '../apply/publish-files.ts'
import { publishTo, verifyPlace } from '../apply/publish-to.ts'
import { scannedBytes } from '../apply/query.ts'
import { startRecord } from '../apply/record.ts'
import { findWork } from '../apply/roll-up-recent.ts'
import type { Session } from '../apply/session.ts'
import { type LockedSession, underLock } from '../apply/under-lock.ts'
import type { RunContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { readClosed } from '../observe/closed-months.ts'
import { describeStatements } from '../plan/statements.ts'
import { inSession, type MonthTask, readTask } from '../prepare.ts'
import { describeFiles, listWritten, writeBill } from '../report/bill-files.ts'
import { tellComparison } from '../report/comparison.ts'
import { describeRun, reportUnbalanced, tellPublished } from '../report/report.ts'
import { reportClosed } from '../report/report-closed.ts'
import { reportPlanned } from '../report/report-days.ts'
import { reportWritten } from '../report/report-written.ts'

/** Bills or closes a month, or shows it as it was closed. */
export async function billMonth(inputs: Inputs, context: RunContext): Promise<Outcome> {
  const task = readTask(inputs, context)
  const aws = context.connect(inputs.prefix, context.deadline)
  if (!inputs.dryRun) {
    const shown = await showIfClosed(task, { inputs, context, aws, record: startRecord() })
    if (shown) return shown
    await verifyPlace(task.period.name, { inputs, aws })
  }
  return await inSession(inputs, context, aws, async (session) => {
    context.remember(() => describeRun(`Bill of ${task.period.name}`, session.record))
    if (inputs.dryRun) return await planMonth(task, session)
    // The run that had the lock may have closed the month.
    const bill = async (locked: LockedSession) =>
      (await showIfClosed(task, locked)) ?? (await billOpen(task, locked))
    return await underLock(session, bill)
  })
}

async function planMonth(task: MonthTask, session: Session): Promise<Outcome> {
  const { inputs } = session
  const work = await findWork(task.plans, session)
  const planned = reportPlanned(task.period.name, work, describeStatements(task.plans, inputs, task))
  const { rates, other } = task
  if (!other) return planned
  const comparison = await compareRates({ ...task, otherRates: other.rates }, work.stale, session)
  return tellComparison(planned, comparison, { ...rates, paths: [inputs.rates, other.path] })
}

async function showIfClosed(
  { period, ratesText }: MonthTask,
  publishing: Publishing,
): Promise<Outcome | undefined> {
  const { inputs, context, aws, record } = publishing
  const closed = await readClosed(period.name, aws)
  if (!closed) return undefined
  context.remember(() => describeRun(`Bill of ${closed.month}`, record))
  await publishFiles(closed.month, await readClosedFiles(closed, aws), publishing)
  const { budgetTotal } = inputs
  return await publishLast(
    reportClosed(closed, { ratesText, budgetTotal, files: record.files }),
    closed.month,
    publishing,
  )
}

async function billOpen(task: MonthTask, session: LockedSession): Promise<Outcome> {
  const { inputs, context, record } = session
  const known = () => describeRun(`Bill of ${task.period.name}`, record)
  const parts = await gatherBill(task, session)
  if ('odd' in parts) return reportUnbalanced(task.period, parts.odd, known())
  const folder = context.openFolder(inputs.outputDirectory)
  const run = describeFiles(session, context.clock.now())
  const options = { ...inputs, run, ...prepareKeeping(task, parts, session) }
  const written = await writeBill({ ...task, ...parts, ...parts.month }, folder, options)
  const { files, statements } = written
  if (files.length > 0) {
    for (const line of listWritten(files, statements)) context.log.info(line)
    await uploadFiles(task.period.name, files, session)
  }
  const { budgetTotal } = inputs
  const outcome = reportWritten(written, { known: known(), scannedBytes: scannedBytes(record), budgetTotal })
  return await publishLast(outcome, task.period.name, session)
}

/** Publishes a bill that nothing speaks against. */
async function publishLast(outcome: Outcome, month: string, publishing: Publishing): Promise<Outcome> {
  const { inputs, record } = publishing
  if (inputs.publishTo === undefined || outcome.failure !== undefined) return outcome
  record.left = [`the files are not in ${inputs.publishTo}`]
  await publishTo(month, record.files, publishing)
  return tellPublished(outcome, inputs.publishTo)
}
