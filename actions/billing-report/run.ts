import { parseLocation } from '../../lib/aws/s3-objects.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { addDays, dayAt, dayPeriod, lastMonth, monthPeriod, type Period } from '../../lib/service/calendar.ts'
import { startRecord } from './apply/record.ts'
import { runRollUp } from './apply/roll-up.ts'
import { findImbalance, makeBill } from './bill/bill.ts'
import type { BillingContext, Connections } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { describeSource } from './observe/access-log-table.ts'
import { describeStatus } from './observe/status.ts'
import { isDraft, planRollUp } from './plan/plan.ts'
import { parseRates } from './rates/rates-file.ts'
import {
  describeRun,
  renderFiles,
  reportBill,
  reportDay,
  reportPlanned,
  reportUnbalanced,
} from './report/report.ts'

/** Bills a month, rolls up a day, or reports on the pipeline. */
export async function run(context: BillingContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const { mode } = inputs
  if (mode === 'status') return await describeStatus(inputs, context.connect(), context)
  return mode === 'monthly' ? await billMonth(inputs, context) : await rollUpDay(inputs, context)
}

async function billMonth(inputs: Inputs, context: BillingContext): Promise<Outcome> {
  const { clock, log } = context
  const period = monthPeriod(inputs.month ?? lastMonth(clock.now(), inputs.timeZone), inputs.timeZone)
  const text = context.readFile(inputs.rates, 'write one, or name another with the input rates')
  const rates = parseRates(text, inputs.rates)
  const draft = isDraft(period, inputs, clock.now())
  const aws = context.connect()
  const { plan, ...work } = await prepare(inputs, period, context, aws, rates)
  if (inputs.dryRun) return reportPlanned(period, plan)
  const { usage, rows, scannedBytes } = await runRollUp(plan, inputs, context, aws, work)
  const bill = makeBill(period, usage, rows, rates)
  const why = findImbalance(bill)
  if (why) return reportUnbalanced(bill, why, work.describe())
  const files = context.writeFiles(inputs.outputDirectory, renderFiles(bill))
  work.record.files = files
  for (const file of files) log.info(`wrote ${file}`)
  await context.upload?.(inputs.artifactName ?? `bill-${period.name}`, files, inputs.outputDirectory)
  return reportBill(bill, { draft, scannedBytes, files })
}

async function rollUpDay(inputs: Inputs, context: BillingContext): Promise<Outcome> {
  const yesterday = addDays(dayAt(context.clock.now(), inputs.timeZone), -1)
  const period = dayPeriod(inputs.day ?? yesterday, inputs.timeZone)
  const aws = context.connect()
  const { plan, ...work } = await prepare(inputs, period, context, aws, undefined)
  if (inputs.dryRun) return reportPlanned(period, plan)
  const { usage, rows, scannedBytes } = await runRollUp(plan, inputs, context, aws, work)
  return reportDay(period, usage, { rows, scannedBytes, location: plan.location })
}

async function prepare(
  inputs: Inputs,
  period: Period,
  context: BillingContext,
  aws: Connections,
  rates: Parameters<typeof planRollUp>[2]['rates'],
) {
  const { bucket } = parseLocation((await describeSource(inputs, aws)).location)
  const runId = context.makeId()
  const plan = planRollUp(inputs, period, { bucket, runId, rates })
  context.log.info(`roll up ${period.name} (${period.timeZone}) into ${plan.location}`)
  const record = startRecord()
  const describe = () => describeRun(`${rates ? 'Bill' : 'Roll-up'} of ${period.name}`, record)
  context.remember(describe)
  return { plan, runId, record, describe }
}
