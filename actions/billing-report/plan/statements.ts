import type { Period } from '../../../lib/service/calendar.ts'
import type { Inputs } from '../inputs.ts'
import type { Rates } from '../rates/rates.ts'
import type { DayPlan } from './day-plan.ts'
import { addDaysUp, readDayRequests, readFacts, readLatency, selectUsage } from './month-sql.ts'
import { countPartitions, rollUp, type Statement } from './sql.ts'

// A run puts its own id in their place.
const target = { table: 'TABLE', location: 's3://BUCKET/PREFIX/' }

/** Shows the statements of a run: those of the first day, of which every day has its like, and those of the month. */
export function describeStatements(
  plans: readonly DayPlan[],
  inputs: Inputs,
  month?: { period: Period; rates: Rates },
): Statement[] {
  const [day] = plans
  const ofDay = day ? [rollUp(inputs, day, target), countPartitions(inputs, day.window)] : []
  if (!month) return ofDay
  const { period, rates } = month
  const validFrom = rates.versions.map((version) => version.validFrom)
  const span = { first: period.firstDay, next: period.nextDay }
  return [
    ...ofDay,
    readFacts(inputs.database, span),
    addDaysUp(inputs.database, period, validFrom, target),
    selectUsage(inputs.database, target.table),
    readDayRequests(inputs.database, span),
    readLatency(inputs.database, span),
  ]
}
