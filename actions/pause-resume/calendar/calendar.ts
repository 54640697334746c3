/** A period of each week in which the service runs. */
export type WeekPeriod = {
  /** Start, in minutes since Monday 00:00 as the clocks show them. */
  start: number
  /** Length, in minutes as the clocks show them; at most a week. */
  minutes: number
  /**
   * Whether it belongs to the day that it starts on: it does not start on a holiday, and what has started before one
   * runs to its end. Any other is cut by holidays from midnight to midnight.
   */
  isOfDay: boolean
  /** Line in the file. */
  line: number
}

/** A time in which the service runs whatever the weekly periods and the holidays say. */
export type Opening = {
  /** Epoch milliseconds; `until` is the first one after it. */
  from: number
  until: number
  reason: string
  line: number
}

/** Days of the file, both included, and the line that names them. */
export type DayRange = { first: string; last: string; line: number }

/** When a service runs and when it is paused. */
export type Calendar = {
  file: string
  timeZone: string
  week: readonly WeekPeriod[]
  openings: readonly Opening[]
  /** The days that the file names itself: holidays of its own, and exceptions from the country's. */
  dates: { holidays: readonly DayRange[]; exceptions: readonly DayRange[] }
  /** Names the holiday that a day such as `2026-12-25` is; undefined for any other day. */
  holidayOn(day: string): string | undefined
}

/** Minutes of a day and of a week, as the clocks show them. */
export const dayMinutes = 24 * 60
export const weekMinutes = 7 * dayMinutes
