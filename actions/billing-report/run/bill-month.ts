import type { Outcome } from '../../../lib/outcome.ts'
import { readClosedFiles } from '../apply/close.ts'
import { prepareKeeping } from '../apply/keep-bill.ts'
import { gatherBill } from '../apply/make-bill.ts'
import { publishFiles, uploadFiles } from '../apply/publish-files.ts'
import { scannedBytes } from '../apply/query.ts'
import { findWork } from '../apply/roll-up-recent.ts'
import type { Session } from '../apply/session.ts'
import type { BillingContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { readClosed } from '../observe/closed-months.ts'
import { describeStatements } from '../plan/statements.ts'
import { inSession, type MonthTask, readTask } from '../prepare.ts'
import { describeFiles, listWritten, writeBill } from '../report/bill-files.ts'
import { describeRun, reportUnbalanced } from '../report/report.ts'
import { reportClosed } from '../report/report-closed.ts'
import { reportPlanned } from '../report/report-days.ts'
import { reportWritten } from '../report/report-written.ts'

/** Bills or closes a month, or shows it as it was closed. */
export async function billMonth(inputs: Inputs, context: BillingContext): Promise<Outcome> {
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
  const { inputs, context, record } = session
  const known = () => describeRun(`Bill of ${task.period.name}`, record)
  const parts = await gatherBill(task, session)
  if ('odd' in parts) return reportUnbalanced(task.period, parts.odd, known())
  const folder = context.openFolder(inputs.outputDirectory)
  const run = describeFiles(session, context.clock.now())
  const options = { ...inputs, run, ...prepareKeeping(task, parts, session) }
  const written = await writeBill({ ...task, ...parts.month, facts: parts.facts }, folder, options)
  const { files, statements } = written
  if (files.length > 0) {
    record.files = files
    for (const line of listWritten(files, statements)) context.log.info(line)
    await uploadFiles(task.period.name, files, session)
  }
  const { budgetTotal } = inputs
  return reportWritten(written, { known: known(), scannedBytes: scannedBytes(record), budgetTotal })
}
