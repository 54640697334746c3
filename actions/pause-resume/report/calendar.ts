import { blocks, type Markdown, md, renderTable } from '../../../lib/markdown.ts'
import { clockAt, instantAt, weekdayOf } from '../../../lib/service/calendar.ts'
import { renderTime } from '../../../lib/service/render-time.ts'
import { type Calendar, dayMinutes } from '../calendar/calendar.ts'
import { type CalendarDay, type CalendarState, comingDays } from '../calendar/state.ts'

/** Says in one sentence what the calendar says now, and when that changes. */
export function describeCalendar({ isRunning, why, until }: CalendarState, timeZone: string): string {
  const end =
    until === undefined ? 'without a change in the coming year' : `until ${renderTime(until, timeZone)}`
  return `the calendar says ${isRunning ? 'running' : 'paused'} ${end}: ${why}`
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Renders the coming days of a calendar as a table. */
export function renderCalendar(calendar: Calendar, now: number): Markdown {
  const { timeZone } = calendar
  const rows = comingDays(calendar, now).map((day) => [
    `${weekdays[weekdayOf(day.day)]} ${day.day}`,
    renderRunning(day, timeZone),
    String(Math.round(day.hours * 100) / 100),
    day.remarks.join('; '),
  ])
  return blocks(
    md`Coming days, in ${timeZone}:`,
    renderTable(['day', 'running', 'hours', 'remarks'], rows, { right: ['hours'] }),
  )
}

function renderRunning({ day, running }: CalendarDay, timeZone: string): string {
  const end = instantAt(day, dayMinutes, timeZone)
  const clock = (at: number) => (at === end ? '24:00' : clockAt(at, timeZone).slice(11))
  return running.map(({ from, until }) => `${clock(from)}–${clock(until)}`).join(', ') || 'paused'
}
