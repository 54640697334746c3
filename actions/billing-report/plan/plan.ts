import { UserError } from '../../../lib/errors.ts'
import { addDays, dayAt, type Period, startOf } from '../../../lib/service/calendar.ts'
import type { Inputs } from '../inputs.ts'
import type { Rates } from '../rates/rates.ts'
import { countRows, readRollUp, rollUp, type Statement } from './sql.ts'

/** The statements that a roll-up runs, in this order, and the table that it creates. */
export type RollUpPlan = {
  table: string
  location: string
  create: Statement
  read: Statement
  count: Statement
}

/** Plans the roll-up of a period into a place of its own below the log's bucket. */
export function planRollUp(
  inputs: Inputs,
  period: Period,
  { bucket, runId, rates }: { bucket: string; runId: string; rates: Rates | undefined },
): RollUpPlan {
  const isMonth = period.name.length === 7
  const folder = isMonth ? `usage/month=${period.name}` : `rollup/day=${period.name}`
  const location = `s3://${bucket}/${folder}/run=${runId}/`
  const table = `${isMonth ? 'usage' : 'rollup'}_${period.name.replaceAll('-', '_')}_${runId.slice(0, 12)}`
  const versionStarts = (rates?.versions ?? []).map(({ validFrom }) => startOf(validFrom, period.timeZone))
  const { lateDays } = inputs
  return {
    table,
    location,
    create: rollUp(inputs, period, lateDays, { table, location, versionStarts }),
    read: readRollUp(inputs.database, table),
    count: countRows(inputs, period, lateDays),
  }
}

/** Returns whether the bill of a month can only be a draft now. Throws UserError where none is asked for. */
export function isDraft(
  period: Period,
  { lateDays, draft, timeZone }: Pick<Inputs, 'lateDays' | 'draft' | 'timeZone'>,
  now: number,
): boolean {
  const first = addDays(period.nextDay, lateDays)
  if (dayAt(now, timeZone) >= first) return false
  if (draft) return true
  throw new UserError(
    `month: ${period.name} can be billed from ${first} on, when late rows have arrived; set draft to true for a draft now`,
  )
}
