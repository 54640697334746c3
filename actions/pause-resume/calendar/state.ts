import { addDays, dayAt, instantAt, listDays } from '../../../lib/service/calendar.ts'
import type { Calendar } from './calendar.ts'
import { listSpans, merge, piecesOf, type Span } from './spans.ts'

/** What the calendar says at an instant. */
export type CalendarState = {
  isRunning: boolean
  /** Why, as the rest of a sentence: `in a weekly period`, `Christmas Day`. */
  why: string
  /** The last change at or before the instant, and the next one after it; undefined where there is none in a year. */
  since: number | undefined
  until: number | undefined
}

// Far enough for most calendars, and for all that change within a year.
const horizons = [15, 400]

/** Returns what the calendar says at an instant, in epoch milliseconds. */
export function stateAt(calendar: Calendar, now: number): CalendarState {
  const today = dayAt(now, calendar.timeZone)
  const why = whyAt(calendar, now)
  for (const days of horizons) {
    const [first, last] = [addDays(today, -days), addDays(today, days)]
    const borders = bordersOf(listSpans(calendar, first, last))
    const [start, end] = [first, addDays(last, 1)].map((day) => instantAt(day, 0, calendar.timeZone))
    const since = borders.findLast((border) => border <= now && border !== start)
    const until = borders.find((border) => border > now && border !== end)
    const isLast = days === horizons.at(-1)
    if (!isLast && (since === undefined || until === undefined)) continue
    return { ...why, since, until }
  }
  return { ...why, since: undefined, until: undefined }
}

/** Returns one sentence about a calendar by which the service runs no more; undefined where it does within a year. */
export function describeEnd(calendar: Calendar, now: number): string | undefined {
  const { isRunning, until } = stateAt(calendar, now)
  if (isRunning || until !== undefined) return undefined
  return `${calendar.file}: expected a time to run within a year, got none, so that the service stays paused; add a period to running, or an opening`
}

const bordersOf = (spans: readonly Span[]) => spans.flatMap(({ from, until }) => [from, until])

function whyAt(calendar: Calendar, now: number): { isRunning: boolean; why: string } {
  const today = dayAt(now, calendar.timeZone)
  // Where the clocks go back at midnight, an hour has the name of the day before.
  for (const day of [today, addDays(today, 1)]) {
    const piece = piecesOf(calendar, day).find(({ from, until }) => from <= now && now < until)
    if (piece) return { isRunning: true, why: piece.why }
  }
  return { isRunning: false, why: calendar.holidayOn(today) ?? 'outside the weekly periods' }
}

/** A day as the calendar has it: when the service runs, and what is special about it. */
export type CalendarDay = {
  day: string
  running: readonly Span[]
  hours: number
  /** The holiday that it is, and the reasons of openings. */
  remarks: readonly string[]
}

const hourMs = 3_600_000

/** Lists the coming days, the one of the instant first. */
export function comingDays(calendar: Calendar, now: number, count = 14): CalendarDay[] {
  const today = dayAt(now, calendar.timeZone)
  return listDays(today, addDays(today, count)).map((day) => {
    const pieces = piecesOf(calendar, day)
    const running = merge(pieces)
    const openings = calendar.openings.map(({ reason }) => reason)
    const reasons = pieces.map(({ why }) => why).filter((why) => openings.includes(why))
    const holiday = calendar.holidayOn(day)
    return {
      day,
      running,
      hours: running.reduce((sum, { from, until }) => sum + (until - from) / hourMs, 0),
      remarks: [...new Set([...(holiday === undefined ? [] : [holiday]), ...reasons])],
    }
  })
}
