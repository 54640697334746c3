import { addDays, instantAt, listDays, weekdayOf } from '../../../lib/service/calendar.ts'
import { type Calendar, dayMinutes, weekMinutes } from './calendar.ts'

/** A time in which the service runs, in epoch milliseconds; `until` is the first one after it. */
export type Span = { from: number; until: number }

/** A time of one day, and why the service runs in it. */
export type Piece = Span & { why: string }

/** Lists the times of one day in which the service runs, in order; those of openings may overlap the others. */
export function piecesOf(calendar: Calendar, day: string): Piece[] {
  const at = (minute: number) => instantAt(day, minute, calendar.timeZone)
  const openings = calendar.openings.map(({ from, until, reason }) => ({
    from: Math.max(from, at(0)),
    until: Math.min(until, at(dayMinutes)),
    why: reason,
  }))
  const weekly = weeklyMinutes(calendar, day)
  return [...openings, ...weekly.map(([from, until]) => ({ from: at(from), until: at(until), why: inWeek }))]
    .filter(({ from, until }) => from < until)
    .sort((a, b) => a.from - b.from)
}

const inWeek = 'in a weekly period'

// What the weekly periods give one day, in minutes of it. One that began in the week before reaches over the end of
// that week, and one of the day before over midnight.
function weeklyMinutes(
  { week, holidayOn }: Calendar,
  day: string,
): (readonly [from: number, until: number])[] {
  const dayStart = weekdayOf(day) * dayMinutes
  const isHoliday = once(() => holidayOn(day) !== undefined)
  const wasHoliday = once(() => holidayOn(addDays(day, -1)) !== undefined)
  return week.flatMap(({ start, minutes, isOfDay }) =>
    [start, start - weekMinutes].flatMap((began) => {
      const from = Math.max(began - dayStart, 0)
      const until = Math.min(began + minutes - dayStart, dayMinutes)
      if (from >= until) return []
      const isDropped = isOfDay && began < dayStart ? wasHoliday() : isHoliday()
      return isDropped ? [] : [[from, until] as const]
    }),
  )
}

function once<T>(read: () => T): () => T {
  let known: { value: T } | undefined
  return () => {
    known ??= { value: read() }
    return known.value
  }
}

/** Lists the times in which the service runs from one day to another, both included; those that touch are one. */
export function listSpans(calendar: Calendar, first: string, last: string): Span[] {
  return merge(listDays(first, addDays(last, 1)).flatMap((day) => piecesOf(calendar, day)))
}

/** Joins times that touch or overlap. */
export function merge(spans: readonly Span[]): Span[] {
  const merged: { from: number; until: number }[] = []
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const before = merged.at(-1)
    if (before && from <= before.until) before.until = Math.max(before.until, until)
    else merged.push({ from, until })
  }
  return merged
}
