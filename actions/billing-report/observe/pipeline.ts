import type { DeliveryStream } from '../../../lib/aws/firehose.ts'
import type { GlueTable } from '../../../lib/aws/glue.ts'
import { addDays, dayAt, listDays } from '../../../lib/service/calendar.ts'
import type { Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { missingColumns } from './access-log-table.ts'
import { listArrivals } from './arrivals.ts'
import { findProjection } from './projection.ts'
import { countRejected, errorPrefixOf } from './rejected.ts'

/** A part of the pipeline: how it stands, and what to do where it is broken. */
export type Part = {
  part: string
  name: string
  verdict: 'ok' | 'warning' | 'broken'
  state: string
  advice: string
}

/** The files that arrived on a day. */
export type DayArrivals = { day: string; objects: number; bytes: number }

const shownDays = 7

const ok = (part: string, name: string, state: string): Part => ({
  part,
  name,
  verdict: 'ok',
  state,
  advice: '',
})
const broken = (part: string, name: string, state: string, advice: string): Part => ({
  ...{ part, name, verdict: 'broken', state, advice },
})
const deploy = 'deploy the billing stack again'

/** Describes each part that a row passes from the API to the bill. */
export async function describeParts(inputs: Inputs, aws: Connections, now: number): Promise<Part[]> {
  const { database, table: name, workgroup } = inputs
  const stream = `${inputs.prefix}-access-logs`
  const [table, group, delivery, filters, waiting] = await Promise.all([
    aws.tables.describe(database, name),
    aws.athena.describeWorkgroup(workgroup),
    aws.streams.describe(stream),
    aws.subscriptions.list(inputs.logGroup),
    readWaiting(stream, aws, now),
  ])
  return [
    subscriptionPart(inputs.logGroup, stream, filters),
    deliveryPart(stream, delivery, table, inputs),
    ...(delivery ? [freshnessPart(stream, waiting)] : []),
    ...tableParts(`${database}.${name}`, table, inputs, now),
    workgroupPart(workgroup, group),
    ...(table ? await arrivalParts(table, inputs, aws, now) : []),
  ]
}

function subscriptionPart(
  logGroup: string,
  stream: string,
  filters: Awaited<ReturnType<Connections['subscriptions']['list']>>,
): Part {
  if (!filters)
    return broken(
      'subscription',
      logGroup,
      'no such log group',
      'name it in the input access-log-group, or deploy the stack api',
    )
  const own = filters.find(({ destination }) => destination.endsWith(`:deliverystream/${stream}`))
  if (!own) return broken('subscription', logGroup, `sends nothing to ${stream}`, deploy)
  if (own.pattern.trim() !== '')
    return broken(
      'subscription',
      logGroup,
      `sends only what matches "${own.pattern}"`,
      'remove the pattern: what it leaves out is never billed',
    )
  return ok('subscription', logGroup, `sends to ${stream}`)
}

function deliveryPart(
  name: string,
  stream: DeliveryStream | undefined,
  table: GlueTable | undefined,
  { partitionZone }: Inputs,
): Part {
  if (!stream) return broken('delivery', name, 'missing', deploy)
  if (stream.status !== 'ACTIVE')
    return broken('delivery', name, stream.status, 'wait, or deploy the billing stack again')
  const place = `s3://${stream.bucket}/${stream.prefix.split('!{')[0]?.replace(/year=$/, '')}`
  if (table && place.replace(/\/$/, '') !== table.location.replace(/\/$/, ''))
    return broken('delivery', name, `writes to ${place}, and the table reads ${table.location}`, deploy)
  if (stream.timeZone !== partitionZone)
    return broken(
      'delivery',
      name,
      `partitions by the days of ${stream.timeZone}`,
      `set the input partition-timezone to ${stream.timeZone}`,
    )
  if (table && !stream.errorPrefix.startsWith(errorPrefixOf(table.location).prefix))
    return broken(
      'delivery',
      name,
      `puts rejected records below ${stream.errorPrefix}`,
      `expected ${errorPrefixOf(table.location).prefix}, where they are counted; ${deploy}`,
    )
  return ok('delivery', name, `active, to ${place}`)
}

const hour = 3_600_000
// The longest that Firehose collects rows before it writes a file is 15 minutes.
const longestSeconds = 3600

/** Reads how long the oldest row waited that Firehose had not delivered, in seconds; undefined where there was none. */
async function readWaiting(
  stream: string,
  { metrics }: Pick<Connections, 'metrics'>,
  now: number,
): Promise<number | undefined> {
  const dimensions = { DeliveryStreamName: stream }
  const name = 'DeliveryToS3.DataFreshness'
  const metric = { namespace: 'AWS/Firehose', name, statistic: 'Maximum', dimensions } as const
  const end = Math.ceil(now / hour) * hour
  const hours = await metrics.readHours(metric, end - 2 * hour, end)
  // Of the hour that has just begun there may be no value yet.
  return hours.get(end - hour) ?? hours.get(end - 2 * hour)
}

function freshnessPart(name: string, waiting: number | undefined): Part {
  if (waiting === undefined) return ok('freshness', name, 'no row in the last hours')
  const state = `the oldest row waited ${Math.ceil(waiting / 60)} minutes`
  if (waiting <= longestSeconds) return ok('freshness', name, state)
  return broken(
    'freshness',
    name,
    `${state}, and is not in the log`,
    "look at the errors of the stream's own log group /aws/kinesisfirehose/; rows are lost after 24 hours",
  )
}

function tableParts(name: string, table: GlueTable | undefined, inputs: Inputs, now: number): Part[] {
  if (!table) return [broken('table', name, 'missing', deploy)]
  const missing = missingColumns(table, inputs)
  const wrong = findProjection(table, dayAt(now, inputs.partitionZone))
  return [
    ok('table', name, table.location),
    missing.length === 0
      ? ok('columns', name, 'all there')
      : broken(
          'columns',
          name,
          `without ${missing.join(', ')}`,
          `${deploy}, or map them with the input columns`,
        ),
    wrong ? broken('projection', name, wrong.state, wrong.advice) : ok('projection', name, 'shows today'),
  ]
}

function workgroupPart(
  name: string,
  group: Awaited<ReturnType<Connections['athena']['describeWorkgroup']>>,
): Part {
  if (!group) return broken('workgroup', name, 'missing', deploy)
  if (!group.enabled) return broken('workgroup', name, 'disabled', 'enable it')
  if (group.enforced)
    return broken(
      'workgroup',
      name,
      'enforces its settings, and so refuses roll-ups',
      'turn "override client-side settings" off',
    )
  if (!group.outputLocation)
    return broken('workgroup', name, 'has no place for results', 'set its output location')
  return ok('workgroup', name, `results in ${group.outputLocation}`)
}

async function arrivalParts(
  { location }: GlueTable,
  inputs: Inputs,
  aws: Connections,
  now: number,
): Promise<Part[]> {
  const { prefix } = errorPrefixOf(location)
  const today = dayAt(now, inputs.partitionZone)
  const period = { firstDay: addDays(today, 1 - shownDays), nextDay: addDays(today, 1) }
  const rejected = await countRejected(location, period, inputs.partitionZone, aws)
  return [
    rejected === 0n
      ? ok('error prefix', prefix, `nothing in ${shownDays} days`)
      : broken(
          'error prefix',
          prefix,
          `${rejected} records in ${shownDays} days could not be converted`,
          'look at errorMessage in its files, mend the log format or the table, and send the records again',
        ),
  ]
}

/** Counts what arrived on each of the last days. */
export async function countArrivals(
  { location }: GlueTable,
  { partitionZone }: Inputs,
  aws: Connections,
  now: number,
): Promise<DayArrivals[]> {
  const today = dayAt(now, partitionZone)
  const [first, next] = [addDays(today, 1 - shownDays), addDays(today, 1)]
  const arrivals = await listArrivals(location, { first, next }, aws)
  return listDays(first, next).map((day) => {
    const files = arrivals.get(day) ?? []
    return { day, objects: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) }
  })
}
