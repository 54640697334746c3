import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { verifyTimeZone } from '../../lib/service/calendar.ts'
import { inputTable, logColumns } from './input-table.ts'

/** The inputs, parsed. */
export type Inputs = {
  mode: 'monthly' | 'close' | 'daily' | 'status'
  /** Undefined for the last one that is over. */
  month: string | undefined
  /** Undefined for those up to yesterday for which rows may still arrive. */
  days: { first: string; last: string } | undefined
  timeZone: string
  partitionZone: string
  prefix: string
  database: string
  table: string
  columns: ReadonlyMap<string, string>
  workgroup: string
  rates: string
  lateDays: number
  draft: boolean
  /** Findings by their number, such as `rejected=12`. */
  accept: readonly string[]
  adjustMonths: number
  /** Undefined where rows are not compared with CloudWatch. */
  api: { id: string; stage: string } | undefined
  logGroup: string
  /** Bytes; undefined for no limit. */
  mostScanned: number | undefined
  outputDirectory: string
  locale: 'en' | 'ko'
  csvBom: boolean
  artifactName: string | undefined
  /** Undefined for what the repository has. */
  retentionDays: number | undefined
  /** A bucket, or a folder in it, as `s3://BUCKET/FOLDER`; undefined where files are published nowhere. */
  publishTo: string | undefined
  /** As it is written, in the currency of the rates. */
  budgetTotal: string | undefined
  timeoutSeconds: number
  /** Path of the other rates file of a dry run. */
  compareRates: string | undefined
  dryRun: boolean
}

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  const given = inputTable.read(inputs)
  verifyModes(given)
  const { timezone: timeZone, prefix } = given
  verifyTimeZone(timeZone)
  const partitionZone = given['partition-timezone'] ?? timeZone
  verifyTimeZone(partitionZone, 'partition-timezone')
  const [first, last = first] = (given.backfill ?? given.day ?? '').split('..')
  const limit = given['max-data-scanned']
  return {
    mode: given.mode,
    month: given.month,
    days: first && last ? { first, last } : undefined,
    timeZone,
    partitionZone,
    prefix,
    database: given.database ?? `${prefix.replaceAll('-', '_')}_billing_db`,
    table: given.table,
    columns: readColumns(given.columns),
    workgroup: given.workgroup ?? `${prefix}-billing`,
    rates: given.rates,
    lateDays: given['late-days'],
    draft: given.draft,
    accept: given.accept,
    adjustMonths: given['adjust-months'],
    api: given['api-id'] ? { id: given['api-id'], stage: given['api-stage'] } : undefined,
    logGroup: given['access-log-group'] ?? `/aws/vendedlogs/apigw/${prefix}-access-logs`,
    mostScanned: limit === undefined ? undefined : limit * 1024 ** 3,
    outputDirectory: given['output-directory'],
    locale: given.locale,
    csvBom: given['csv-bom'],
    artifactName: given['artifact-name'],
    retentionDays: given['artifact-retention-days'],
    publishTo: given['publish-to']?.replace(/\/$/, ''),
    budgetTotal: given['budget-total'],
    timeoutSeconds: given['timeout-minutes'] * 60,
    compareRates: given['compare-rates'],
    dryRun: given['dry-run'],
  }
}

type Given = ReturnType<typeof inputTable.read>

function verifyModes(given: Given): void {
  const { mode, month, day, backfill, draft, 'compare-rates': compareRates, 'dry-run': dryRun } = given
  if (month !== undefined && mode !== 'monthly' && mode !== 'close') {
    throw new UserError(`month: goes with mode monthly or close only, got mode ${mode}`)
  }
  for (const [name, value] of Object.entries({ day, backfill })) {
    if (value !== undefined && mode !== 'daily')
      throw new UserError(`${name}: goes with mode daily only, got mode ${mode}`)
  }
  if (day !== undefined && backfill !== undefined)
    throw new UserError('backfill: goes without day, got both; name the days in backfill')
  if (compareRates !== undefined && (!dryRun || (mode !== 'monthly' && mode !== 'close')))
    throw new UserError(
      `compare-rates: goes with a dry run of a month only, got mode ${mode}, dry-run ${dryRun}; set dry-run to true`,
    )
  if (draft && mode === 'close')
    throw new UserError('draft: a draft cannot be closed; leave draft away, or take mode monthly')
}

// Both become part of SQL, the names of the table in double quotes.
function readColumns(columns: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const [name, column] of columns) {
    if (!(logColumns as readonly string[]).includes(name))
      throw new UserError(`columns: expected one of ${logColumns.join(', ')} before the "=", got "${name}"`)
    if (!/^[a-z0-9_]{1,255}$/.test(column))
      throw new UserError(
        `columns: ${name}: expected lower-case letters, digits and underscores, got "${column}"`,
      )
  }
  verifyDistinct(columns)
  return columns
}

// A status as the user would be a bill, too. What no bill depends on may stand for a column that a table lacks.
const ownColumns = ['requestid', 'requesttime', 'routekey', 'status', 'user']

function verifyDistinct(columns: ReadonlyMap<string, string>): void {
  const taken = new Map(['year', 'month', 'day'].map((key) => [key, key]))
  for (const name of ownColumns) {
    const column = columns.get(name) ?? name
    const other = taken.get(column)
    if (other !== undefined)
      throw new UserError(
        `columns: ${name}: expected a column of its own, got "${column}", which is ${other}`,
      )
    taken.set(column, name)
  }
}
