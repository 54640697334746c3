import { addDays, dayAt, dayPeriod, type Period, startOf } from '../../../lib/service/calendar.ts'

/** How rows arrive: the zone of the partitions' days, and how many days rows may take. */
export type Arrival = { partitionZone: string; lateDays: number }

/** Days of arrival, half-open, whose partitions may hold rows of a period. */
export type Window = { first: string; next: string }

// Firehose names a file after the arrival of its oldest row, and buffers up to 15 minutes:
// https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
const longestBuffer = 15 * 60_000

/** Returns the partitions that meet the period and its late days. */
export function windowOf(period: Period, { partitionZone, lateDays }: Arrival): Window {
  const end = startOf(addDays(period.nextDay, lateDays), period.timeZone)
  return {
    first: dayAt(period.start - longestBuffer, partitionZone),
    next: addDays(dayAt(end - 1, partitionZone), 1),
  }
}

/** Times between which a row must lie to be found by the roll-up of its own day, in epoch milliseconds. */
export type Borders = { lateBefore: number; earlyFrom: number }

/** Returns these times for the rows that arrive on a day: what lies outside is in no roll-up but that of its arrival. */
export function bordersOf(day: string, timeZone: string, arrival: Arrival): Borders {
  const holds = (other: string) => {
    const { first, next } = windowOf(dayPeriod(other, timeZone), arrival)
    return first <= day && day < next
  }
  let oldest = addDays(day, -arrival.lateDays - 3)
  while (!holds(oldest)) oldest = addDays(oldest, 1)
  let newest = addDays(day, 3)
  while (!holds(newest)) newest = addDays(newest, -1)
  return { lateBefore: startOf(oldest, timeZone), earlyFrom: startOf(addDays(newest, 1), timeZone) }
}
