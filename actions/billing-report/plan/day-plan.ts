import { addMonths, dayPeriod, monthPeriod } from '../../../lib/service/calendar.ts'
import type { Inputs } from '../inputs.ts'
import { hash } from './manifest.ts'
import { type RollUp, rollUp } from './sql.ts'
import { bordersOf, windowOf } from './window.ts'

/** The roll-up of a day, before it has a place. */
export type DayPlan = RollUp & {
  day: string
  /** Of its SQL: another zone, column or way to count makes another. */
  sqlDigest: string
}

const hourMilliseconds = 3_600_000
/** Months before that of its arrival to which a late row is counted. */
const knownMonths = 12

/** Plans the roll-up of a day. */
export function planDay(inputs: Inputs, day: string): DayPlan {
  const { timeZone } = inputs
  const period = dayPeriod(day, timeZone)
  const months = Array.from({ length: knownMonths + 1 }, (_, at) => addMonths(day.slice(0, 7), -at))
  const plan = {
    period,
    window: windowOf(period, inputs),
    borders: bordersOf(day, timeZone, inputs),
    lateMonths: months.map((month) => monthPeriod(month, timeZone)),
    versionStarts: [],
    hourStarts: hoursOf(period),
  }
  const { sql } = rollUp(inputs, plan, { table: '', location: '' })
  return { ...plan, day, sqlDigest: hash(sql) }
}

/** Lists the hours of CloudWatch, which are those of UTC, that meet a period. */
function hoursOf({ start, end }: { start: number; end: number }): number[] {
  const first = Math.floor(start / hourMilliseconds)
  const count = Math.ceil(end / hourMilliseconds) - first
  return Array.from({ length: count }, (_, at) => (first + at) * hourMilliseconds)
}
