import { clockAt } from './calendar.ts'

/** Renders an instant, in epoch milliseconds, as the clocks of a zone show it, with UTC beside it. */
export function renderTime(at: number, timeZone: string): string {
  const utc = clockAt(at, 'UTC')
  const local = clockAt(at, timeZone)
  if (timeZone === 'UTC') return `${utc} UTC`
  // Only what differs is said twice.
  const beside = utc.slice(0, 10) === local.slice(0, 10) ? utc.slice(11) : utc
  return `${local} ${timeZone} (${beside} UTC)`
}
