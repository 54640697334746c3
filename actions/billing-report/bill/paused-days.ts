import { dayPeriod } from '../../../lib/service/calendar.ts'
import type { LedgerEvent } from '../../../lib/service/ledger.ts'
import { staysOf } from '../../../lib/service/savings.ts'

/** Finds the days on which all services of the ledger were paused, from the first moment to the last. */
export function findPausedDays(
  events: readonly LedgerEvent[],
  days: readonly string[],
  timeZone: string,
): Set<string> {
  const isPaused = (day: string) => {
    const period = dayPeriod(day, timeZone)
    const services = staysOf(events, period, (event) => event.services)
    // A service of which nothing is known at the start of the day may have run.
    return (
      services.length > 0 &&
      services.every(
        ([, stays]) => stays[0]?.from === period.start && stays.every(({ value }) => value.isPaused),
      )
    )
  }
  return new Set(days.filter(isPaused))
}
