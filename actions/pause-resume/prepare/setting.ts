import type { ActionContext } from '../../../lib/action.ts'
import { UserError } from '../../../lib/errors.ts'
import { findPage } from '../../../lib/page.ts'
import { clockAt, parseTime } from '../../../lib/service/calendar.ts'
import type { Calendar } from '../calendar/calendar.ts'
import { describeExpired, parseCalendar } from '../calendar/calendar-file.ts'
import { describeEnd } from '../calendar/state.ts'
import type { Inputs } from '../inputs.ts'

/** What a run knows of times. */
export type Setting = {
  calendar: Calendar | undefined
  /** Zone of the times that are shown. */
  timeZone: string
  /** Epoch milliseconds. */
  keepAwakeUntil: number | undefined
}

const page = 'actions/pause-resume/README.md#calendar'

/** Reads the calendar, and the times that may be in its zone. Throws UserError. */
export function readSetting(
  { calendar: path, timeZone: zone, keepAwakeUntil: until }: Inputs,
  { readFile, clock, log, env }: Pick<ActionContext, 'readFile' | 'clock' | 'log' | 'env'>,
): Setting {
  const calendar = path === undefined ? undefined : parseCalendar(readFile(path), path)
  const over = calendar && (describeEnd(calendar, clock.now()) ?? describeExpired(calendar, clock.now()))
  if (over !== undefined) log.warning(`${over}; see ${findPage(page, env) ?? page}`)
  const timeZone = zone ?? calendar?.timeZone ?? 'UTC'
  return {
    calendar,
    timeZone,
    keepAwakeUntil: until === undefined ? undefined : readUntil(until, timeZone, clock.now()),
  }
}

function readUntil(text: string, timeZone: string, now: number): number {
  const until = parseTime(text, timeZone)
  if (until === undefined)
    throw new UserError(`keep-awake-until: expected a time such as 2026-12-24 08:00, got "${text}"`)
  if (until > now) return until
  throw new UserError(
    `keep-awake-until: expected a time to come, got "${text}"; it is ${clockAt(now, timeZone)} in ${timeZone}`,
  )
}
