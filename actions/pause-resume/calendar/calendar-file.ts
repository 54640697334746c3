import { addDays, dayAt, isDay, isTimeZone, parseTime } from '../../../lib/service/calendar.ts'
import { openYaml, type YamlMap, type YamlText } from '../../../lib/yaml-map.ts'
import type { Calendar, DayRange, Opening } from './calendar.ts'
import { type HolidayFinder, openHolidays } from './holidays.ts'
import { readWeek } from './week.ts'

/** Parses a calendar. Throws UserError with file, line and column where it is not as expected. */
export function parseCalendar(text: string, file: string): Calendar {
  const root = openYaml(text, file)
  root.only(['version', 'zone', 'running', 'holidays', 'openings'])
  if (root.text('version') !== '1') throw root.refuse('version', `expected 1, got "${root.text('version')}"`)
  const timeZone = root.text('zone')
  if (!isTimeZone(timeZone))
    throw root.refuse('zone', `expected a time zone such as Asia/Seoul, got "${timeZone}"`)
  const week = readWeek(root.list('running'))
  const openings = root.has('openings') ? readOpenings(root.list('openings'), timeZone) : []
  if (week.length + openings.length === 0) {
    throw root.refuse('running', 'expected a period or an opening, got none: the service would never run')
  }
  return { file, timeZone, week, openings, ...readHolidays(root.optionalMap('holidays')) }
}

function readHolidays(map: YamlMap | undefined): Pick<Calendar, 'dates' | 'holidayOn'> {
  map?.only(['country', 'region', 'days', 'except'])
  const find = map?.has('country') ? readCountry(map) : () => undefined
  if (map?.has('region') && !map.has('country')) throw map.refuse('region', 'goes with a country, got none')
  const holidays = map?.has('days') ? map.textItems('days').map(readDays) : []
  const exceptions = map?.has('except') ? map.textItems('except').map(readDays) : []
  const isIn = (ranges: readonly DayRange[], day: string) =>
    ranges.some(({ first, last }) => first <= day && day <= last)
  return {
    dates: { holidays, exceptions },
    holidayOn: (day) => {
      if (isIn(exceptions, day)) return undefined
      return isIn(holidays, day) ? 'a holiday of the calendar' : find(day)
    },
  }
}

function readCountry(map: YamlMap): HolidayFinder {
  const opened = openHolidays(map.text('country'), map.has('region') ? map.text('region') : undefined)
  if ('why' in opened) throw map.refuse(opened.field, opened.why)
  return opened.find
}

function readDays(item: YamlText): DayRange {
  const [first = '', last = first, more] = item.text.split(/\s+to\s+/)
  if (!isDay(first) || !isDay(last) || more !== undefined) {
    throw item.refuse(`expected a day such as 2026-12-24, or 2026-12-24 to 2027-01-01, got "${item.text}"`)
  }
  if (last < first) throw item.refuse(`expected a last day after ${first}, got ${last}`)
  return { first, last, line: item.line }
}

function readOpenings(list: readonly YamlMap[], timeZone: string): Opening[] {
  const openings = list.map((map): Opening => {
    map.only(['from', 'until', 'reason'])
    const from = readTime(map, 'from', timeZone)
    const until = readTime(map, 'until', timeZone)
    if (until <= from) {
      throw map.refuse(
        'until',
        `expected an end after the start ${map.text('from')}, got ${map.text('until')}`,
      )
    }
    return { from, until, reason: map.text('reason'), line: map.line }
  })
  const sorted = openings.map((opening, at) => ({ opening, map: list[at] })).sort(byStart)
  for (const [at, { opening, map }] of sorted.entries()) {
    const before = sorted[at - 1]?.opening
    if (before && opening.from < before.until)
      throw map?.refuse('', `overlaps the opening of line ${before.line}`)
  }
  return openings
}

type Placed = { opening: Opening }
const byStart = (a: Placed, b: Placed) => a.opening.from - b.opening.from

function readTime(map: YamlMap, field: string, timeZone: string): number {
  const text = map.text(field)
  const time = parseTime(text, timeZone)
  if (time !== undefined) return time
  throw map.refuse(field, `expected a time such as 2026-12-24 08:00, got "${text}"`)
}

/** Returns one sentence about the dates of a calendar that are over; undefined where there are none. */
export function describeExpired(
  { file, timeZone, openings, dates }: Calendar,
  now: number,
): string | undefined {
  const today = dayAt(now, timeZone)
  const days = [...dates.holidays, ...dates.exceptions].filter(({ last }) => last < today)
  const over = [
    ...days.map(({ last, line }) => ({ last, line })),
    ...openings
      .filter(({ until }) => until <= now)
      .map(({ until, line }) => ({ last: dayAt(until, timeZone), line })),
  ].filter(({ last }) => addDays(last, graceDays) < today)
  if (over.length === 0) return undefined
  const lines = [...new Set(over.map(({ line }) => line))].sort((a, b) => a - b)
  return `${file}: dates that are over are in line ${lines.join(', ')}; they do nothing and can be removed`
}

// A date of last week is no clutter yet.
const graceDays = 7
