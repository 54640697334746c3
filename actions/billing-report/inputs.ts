import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { verifyTimeZone } from '../../lib/service/calendar.ts'
import { inputTable } from './input-table.ts'

/** The inputs, parsed. */
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

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  const given = inputTable.read(inputs)
  const { mode, month, day, timezone: timeZone } = given
  verifyTimeZone(timeZone)
  if (month !== undefined && mode !== 'monthly') {
    throw new UserError(`month: goes with mode monthly only, got mode ${mode}`)
  }
  if (day !== undefined && mode !== 'daily') {
    throw new UserError(`day: goes with mode daily only, got mode ${mode}`)
  }
  return {
    mode,
    month,
    day,
    timeZone,
    database: given.database ?? `${given.prefix.replaceAll('-', '_')}_billing_db`,
    table: given.table,
    workgroup: given.workgroup ?? `${given.prefix}-billing`,
    rates: given.rates,
    lateDays: given['late-days'],
    draft: given.draft,
    outputDirectory: given['output-directory'],
    artifactName: given['artifact-name'],
    timeoutSeconds: given['timeout-minutes'] * 60,
    dryRun: given['dry-run'],
  }
}
