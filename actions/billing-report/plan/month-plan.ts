import { UserError } from '../../../lib/errors.ts'
import { addDays, dayAt, listDays, type Period } from '../../../lib/service/calendar.ts'
import type { Inputs } from '../inputs.ts'
import { type DayPlan, planDay } from './day-plan.ts'
import type { Window } from './window.ts'

/** Returns whether the bill of a month can only be a draft now. Throws UserError where none is asked for. */
export function isDraft(
  period: Period,
  { lateDays, draft, timeZone }: Pick<Inputs, 'lateDays' | 'draft' | 'timeZone'>,
  now: number,
): boolean {
  const first = addDays(period.nextDay, lateDays)
  const today = dayAt(now, timeZone)
  if (today >= first) return false
  if (today < period.firstDay)
    throw new UserError(`month: ${period.name} has not begun; it can be billed from ${first} on`)
  if (draft) return true
  throw new UserError(
    `month: ${period.name} can be billed from ${first} on, when late rows have arrived; set draft to true for a draft now`,
  )
}

/** Plans the days of a month that have begun. */
export function planDays(period: Period, inputs: Inputs, now: number): DayPlan[] {
  const tomorrow = addDays(dayAt(now, period.timeZone), 1)
  const next = tomorrow < period.nextDay ? tomorrow : period.nextDay
  return listDays(period.firstDay, next).map((day) => planDay(inputs, day))
}

// One statement checks them all: Athena takes 262,144 bytes.
const mostDays = 400

/** Plans the days that `daily` looks at: those that are named, or those up to yesterday for which rows may still arrive. */
export function planRecentDays(inputs: Inputs, now: number): DayPlan[] {
  const today = dayAt(now, inputs.timeZone)
  const { first, last } = inputs.days ?? {
    first: addDays(today, -1 - inputs.lateDays),
    last: addDays(today, -1),
  }
  if (last > today)
    throw new UserError(`${first === last ? 'day' : 'backfill'}: ${last} has not begun; today is ${today}`)
  const days = listDays(first, addDays(last, 1))
  if (days.length > mostDays)
    throw new UserError(`backfill: expected at most ${mostDays} days at once, got ${days.length}; name fewer`)
  return days.map((day) => planDay(inputs, day))
}

/** Returns the partitions that plans read, from the first to the last. */
export function spanOf(plans: readonly { window: Window }[]): Window {
  return {
    first: plans.map(({ window }) => window.first).sort()[0] ?? '',
    next:
      plans
        .map(({ window }) => window.next)
        .sort()
        .at(-1) ?? '',
  }
}
