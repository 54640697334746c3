import type { UserError } from '../../../lib/errors.ts'
import type { YamlMap } from '../../../lib/yaml-map.ts'
import { dayMinutes, type WeekPeriod, weekMinutes } from './calendar.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Reads the weekly periods. Throws UserError where one is empty or two overlap. */
export function readWeek(periods: readonly YamlMap[]): WeekPeriod[] {
  const read = periods.map((period) => ({ period, spans: readPeriod(period) }))
  const sorted = read
    .flatMap(({ period, spans }) => spans.map((span) => ({ ...span, period })))
    .sort((a, b) => a.start - b.start)
  for (const [at, { start, minutes, line, period }] of sorted.entries()) {
    const next = sorted[(at + 1) % sorted.length]
    if (!next || sorted.length === 1) break
    const nextStart = next.start + (at + 1 === sorted.length ? weekMinutes : 0)
    if (start + minutes <= nextStart) continue
    const [later, earlier] = next.line > line ? [next.period, line] : [period, next.line]
    throw later.refuse('', `overlaps the period of line ${earlier} on ${renderWeekTime(next.start)}`)
  }
  return sorted.map(({ period: _, ...span }) => span)
}

function readPeriod(period: YamlMap): WeekPeriod[] {
  period.only(['days', 'from', 'until'])
  const { line } = period
  if (!period.has('days')) {
    const from = readWeekTime(period, 'from')
    const between = readWeekTime(period, 'until') - from
    // Only from mon 00:00 to sun 24:00: any other end that the week comes back to is the start itself.
    const minutes = between === weekMinutes ? between : (between + weekMinutes) % weekMinutes
    if (minutes === 0) throw isEmpty(period)
    return [{ start: from % weekMinutes, minutes, isOfDay: false, line }]
  }
  const from = readClock(period, 'from')
  const until = readClock(period, 'until')
  if (from === until || from === dayMinutes) throw isEmpty(period)
  // An end that is not after the start is on the next day.
  const minutes = until > from ? until - from : until + dayMinutes - from
  return readDays(period).map((day) => ({ start: day * dayMinutes + from, minutes, isOfDay: true, line }))
}

const isEmpty = (period: YamlMap): UserError =>
  period.refuse(
    'until',
    `expected an end after the start ${period.text('from')}, got ${period.text('until')}`,
  )

const expectedDays = 'expected days such as mon-fri, or sat,sun'

function readDays(period: YamlMap): number[] {
  const text = period.text('days')
  const refuse = () => period.refuse('days', `${expectedDays}, got "${text}"`)
  const days = text.split(',').flatMap((part) => {
    const [first = '', last = first, more] = part
      .trim()
      .split('-')
      .map((word) => word.trim().toLowerCase())
    const [from, to] = [weekdays.indexOf(first), weekdays.indexOf(last)]
    if (from < 0 || to < 0 || more !== undefined) throw refuse()
    const count = ((to - from + 7) % 7) + 1
    return Array.from({ length: count }, (_, at) => (from + at) % 7)
  })
  const twice = days.find((day, at) => days.indexOf(day) !== at)
  if (twice !== undefined)
    throw period.refuse('days', `expected each day once, got "${weekdays[twice]}" twice`)
  return days
}

function readClock(period: YamlMap, field: string): number {
  const text = period.text(field)
  const minutes = parseClock(text)
  if (minutes === undefined) throw period.refuse(field, `expected a time such as 08:00, got "${text}"`)
  return minutes
}

/** Reads a time of the week, in minutes since Monday 00:00; `sun 24:00` is the end of the week. */
function readWeekTime(period: YamlMap, field: string): number {
  const text = period.text(field)
  const [day = '', clock = '', more] = text.trim().toLowerCase().split(/\s+/)
  const minutes = parseClock(clock)
  if (!weekdays.includes(day) || minutes === undefined || more !== undefined) {
    throw period.refuse(field, `expected a time such as "mon 08:00" where there are no days, got "${text}"`)
  }
  return weekdays.indexOf(day) * dayMinutes + minutes
}

function parseClock(text: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text.trim()) ?? []
  const sum = Number(hours) * 60 + Number(minutes)
  return sum <= dayMinutes ? sum : undefined
}

const two = (number: number) => String(number).padStart(2, '0')

function renderWeekTime(minute: number): string {
  const ofDay = minute % dayMinutes
  return `${weekdays[Math.floor(minute / dayMinutes)]} ${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`
}
