import { parseLocation } from '../../../lib/aws/s3-objects.ts'
import { blocks, md, renderBytes, renderTable } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { addDays, dayAt, listDays } from '../../../lib/service/calendar.ts'
import type { BillingContext, Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'

const shownDays = 7

/** Reports on the pipeline and its tables: what is missing, and what arrived in the last days. */
export async function describeStatus(
  inputs: Inputs,
  aws: Connections,
  { clock }: BillingContext,
): Promise<Outcome> {
  const [table, workgroup] = await Promise.all([
    aws.tables.describe(inputs.database, inputs.table),
    aws.athena.describeWorkgroup(inputs.workgroup),
  ])
  const today = dayAt(clock.now(), inputs.timeZone)
  const days = listDays(addDays(today, 1 - shownDays), addDays(today, 1))
  const arrivals = table ? await Promise.all(days.map((day) => countDay(table.location, day, aws))) : []
  const parts = [
    ['table', `${inputs.database}.${inputs.table}`, table ? table.location : 'missing'],
    [
      'workgroup',
      inputs.workgroup,
      workgroup
        ? `${workgroup.enabled ? 'enabled' : 'disabled'}, results in ${workgroup.outputLocation ?? 'no place'}`
        : 'missing',
    ],
  ]
  const rows = arrivals.map(({ day, objects, bytes }) => [day, String(objects), renderBytes(bytes)])
  return {
    outputs: { result: 'status' },
    summary: blocks(
      md`## Billing pipeline`,
      renderTable(['part', 'name', 'state'], parts),
      renderTable(['day of arrival', 'files', 'size'], rows, { right: ['files', 'size'] }),
    ),
    report: { result: 'status', table: table ?? null, workgroup: workgroup ?? null, arrivals },
  }
}

async function countDay(location: string, day: string, aws: Connections) {
  const { bucket, key } = parseLocation(location)
  const [year, month, date] = day.split('-')
  const prefix = `${key.replace(/\/?$/, '/')}year=${year}/month=${month}/day=${date}/`
  return { day, ...(await aws.objects.count(bucket, prefix)) }
}
