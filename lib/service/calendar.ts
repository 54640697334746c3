// The only module that uses Temporal, which Node 24 does not have yet: it computes all borders of days and months.
import { Temporal } from 'temporal-polyfill'
import { UserError } from '../errors.ts'

/** A half-open span of time in a named zone, made of whole days. */
export type Period = {
  /** `2026-09` or `2026-09-14`. */
  name: string
  timeZone: string
  /** Epoch milliseconds; `end` is the first one after the period. */
  start: number
  end: number
  /** First day, and the first day after the period, as `2026-09-01`. */
  firstDay: string
  nextDay: string
}

/** Reads the billing period of a month such as `2026-09`. */
export function monthPeriod(month: string, timeZone: string): Period {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month)
  if (!match) throw new UserError(`month: expected a month such as 2026-09, got "${month}"`)
  const first = Temporal.PlainDate.from(`${month}-01`)
  return makePeriod(month, timeZone, first, first.add({ months: 1 }))
}

/** Reads the period of one day such as `2026-09-14`. */
export function dayPeriod(day: string, timeZone: string): Period {
  const first = Temporal.PlainDate.from(day)
  return makePeriod(day, timeZone, first, first.add({ days: 1 }))
}

function makePeriod(
  name: string,
  timeZone: string,
  first: Temporal.PlainDate,
  next: Temporal.PlainDate,
): Period {
  return {
    name,
    timeZone,
    start: startOf(first.toString(), timeZone),
    end: startOf(next.toString(), timeZone),
    firstDay: first.toString(),
    nextDay: next.toString(),
  }
}

/** Returns the first millisecond of a day in a zone; where a clock change skips midnight, it is later. */
export function startOf(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds
}

/**
 * Returns the first instant at which the clocks of a zone show a time of a day, or a later one: where a clock change
 * skips the time, the instant of the change; where it repeats it, the first of the two. Minutes count from midnight as
 * the clocks show them, also beyond the day. In epoch milliseconds.
 */
export function instantAt(day: string, minute: number, timeZone: string): number {
  const time = Temporal.PlainDate.from(day).toPlainDateTime().add({ minutes: minute })
  const first = time.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (first.toPlainDateTime().equals(time)) return first.epochMilliseconds
  return first.getTimeZoneTransition('next')?.epochMilliseconds ?? first.epochMilliseconds
}

/** Returns the day of the week, from 0 for Monday to 6. */
export function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek - 1
}

/** Returns what the clocks of a zone show, as `2026-09-14 08:00`. */
export function clockAt(epochMilliseconds: number, timeZone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(timeZone)
  return time.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
}

/**
 * Reads a time as epoch milliseconds: `2026-09-14T08:00Z` and `2026-09-14T08:00+09:00` stand for themselves,
 * `2026-09-14 08:00` is what the clocks of the zone show. Returns undefined where it is none of these.
 */
export function parseTime(text: string, timeZone: string): number | undefined {
  const [, day = '', hour, minute, , offset] = timePattern.exec(text) ?? []
  if (!isDay(day)) return undefined
  if (offset === undefined) return instantAt(day, Number(hour) * 60 + Number(minute), timeZone)
  return Temporal.Instant.from(text.replace(' ', 'T')).epochMilliseconds
}

const timePattern =
  /^(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d(?:\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/

/** Names the day that lies `days` after another. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString()
}

/** Lists the days from the first to the one before `next`. */
export function listDays(first: string, next: string): string[] {
  const days: string[] = []
  for (let day = first; day < next; day = addDays(day, 1)) days.push(day)
  return days
}

/** Names the day that it is in a zone. */
export function dayAt(epochMilliseconds: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
}

/** Writes a moment as a clock in a zone shows it, with the zone's difference from UTC: `2026-09-01 00:00+09:00`. */
export function localTime(epochMilliseconds: number, timeZone: string): string {
  const moment = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(timeZone)
  const clock = moment.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
  return `${clock}${moment.offset}`
}

/** Names the last month that is over in a zone. */
export function lastMonth(epochMilliseconds: number, timeZone: string): string {
  const today = Temporal.PlainDate.from(dayAt(epochMilliseconds, timeZone))
  return today.subtract({ months: 1 }).toString().slice(0, 7)
}

/** Names the month that lies `months` after another. */
export function addMonths(month: string, months: number): string {
  return Temporal.PlainYearMonth.from(month).add({ months }).toString()
}

/** Returns whether a text is a day of the calendar, as `2026-02-28`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const [, month = 0, day = 0] = text.split('-').map(Number)
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= Temporal.PlainYearMonth.from(text.slice(0, 7)).daysInMonth
  )
}

/** Returns whether a text names a time zone of the IANA database. */
export function isTimeZone(text: string): boolean {
  try {
    startOf('2026-01-01', text)
    return true
  } catch {
    return false
  }
}

/** The format of a time zone's name, for an input. */
export const timeZoneFormat = { matches: isTimeZone, expected: 'a name such as Asia/Seoul or UTC' }

/** Refuses a time zone that is not in the IANA database. */
export function verifyTimeZone(timeZone: string, input = 'timezone'): void {
  if (isTimeZone(timeZone)) return
  throw new UserError(`${input}: expected ${timeZoneFormat.expected}, got "${timeZone}"`)
}
