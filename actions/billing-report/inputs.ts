import { UserError } from '../../lib/errors.ts'
import { boolean, integer, oneOf, optional, type RawInputs, refuseUnknown } from '../../lib/inputs.ts'
import { isDay, verifyTimeZone } from '../../lib/service/calendar.ts'

/** What the user asks for. */
export type Inputs = {
  mode: 'monthly' | 'daily' | 'status'
  /** Undefined for the last one that is over. */
  month: string | undefined
  /** Undefined for yesterday. */
  day: string | undefined
  timeZone: string
  database: string
  table: string
  workgroup: string
  rates: string
  lateDays: number
  draft: boolean
  outputDirectory: string
  artifactName: string | undefined
  timeoutSeconds: number
  dryRun: boolean
}

const known = [
  'mode',
  'month',
  'day',
  'timezone',
  'database',
  'table',
  'workgroup',
  'rates',
  'late-days',
  'draft',
  'output-directory',
  'artifact-name',
  'timeout-minutes',
  'dry-run',
]

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  refuseUnknown(inputs, known)
  const mode = oneOf(inputs, 'mode', ['monthly', 'daily', 'status'], 'monthly')
  const timeZone = optional(inputs, 'timezone') ?? 'Asia/Seoul'
  verifyTimeZone(timeZone)
  const month = optional(inputs, 'month')
  if (month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
    throw new UserError(`month: expected a month such as 2026-09, got "${month}"`)
  }
  if (month !== undefined && mode !== 'monthly') {
    throw new UserError(`month: goes with mode monthly only, got mode ${mode}`)
  }
  return {
    mode,
    month,
    day: readDay(inputs, mode),
    timeZone,
    database: readName(inputs, 'database', 'ddn_billing_db'),
    table: readName(inputs, 'table', 'restapi_access_log_parquet'),
    workgroup: optional(inputs, 'workgroup') ?? 'ddn-billing',
    rates: optional(inputs, 'rates') ?? 'rates.yml',
    lateDays: integer(inputs, 'late-days', { byDefault: 3, min: 0, max: 31 }),
    draft: boolean(inputs, 'draft', false),
    outputDirectory: optional(inputs, 'output-directory') ?? 'bill',
    artifactName: optional(inputs, 'artifact-name'),
    timeoutSeconds: integer(inputs, 'timeout-minutes', { byDefault: 30, min: 1, max: 600 }) * 60,
    dryRun: boolean(inputs, 'dry-run', false),
  }
}

// Names stand in SQL: nothing but what Glue allows gets there.
function readName(inputs: RawInputs, name: string, byDefault: string): string {
  const value = optional(inputs, name) ?? byDefault
  if (/^[a-z0-9_]{1,128}$/.test(value)) return value
  throw new UserError(`${name}: expected lower-case letters, digits and underscores, got "${value}"`)
}

function readDay(inputs: RawInputs, mode: string): string | undefined {
  const day = optional(inputs, 'day')
  if (day === undefined) return undefined
  if (mode !== 'daily') throw new UserError(`day: goes with mode daily only, got mode ${mode}`)
  if (!isDay(day)) throw new UserError(`day: expected a day such as 2026-09-14, got "${day}"`)
  return day
}
