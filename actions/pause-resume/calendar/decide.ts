import type { CalendarState } from './state.ts'

/** What a service that the calendar is asked for looks like. */
export type Subject = {
  name: string
  /** Whether it is paused or running; `at-zero` where it does not run, and no pause took it there. */
  is: 'running' | 'paused' | 'at-zero'
  phase: 'running' | 'pausing' | 'paused' | 'resuming'
  /** Who brought the phase about, and when; undefined where nobody is known. */
  change: Change | undefined
  keepAwake: (Change & { until: string }) | undefined
  /** What somebody works on now, or has asked for meanwhile. */
  asked: Asked | undefined
}

/** What somebody asks for, while a run is at work. */
export type Asked = Change & { operation: 'pause' | 'resume' }

type Change = { at: string; by: string; reason: string }

/** What to do with a service. */
export type Decision =
  | { operation: 'pause' | 'resume'; why: string }
  | {
      operation: 'none'
      result: 'already-paused' | 'already-running' | 'kept-awake' | 'skipped'
      why: string
    }
  | { operation: 'fail'; why: string }

/** What to do where a person has decided something else since the calendar's last change. */
export type OnConflict = 'respect' | 'restore' | 'fail'

type Choice = { now: number; onConflict: OnConflict; showTime(at: number): string }

// What a change of the calendar leaves as its reason: all others are by persons.
const byCalendar = 'calendar: '

/** Decides what the calendar asks for of a service now. Where it stands so already, nothing is to do. */
export function decide(calendar: CalendarState, subject: Subject, choice: Choice): Decision {
  const { isRunning, why } = calendar
  const wanted = isRunning ? 'running' : 'paused'
  const none = (result: 'already-paused' | 'already-running' | 'skipped', reason: string): Decision => ({
    operation: 'none',
    result,
    why: reason,
  })
  const operation = isRunning ? 'resume' : 'pause'
  // What stands as wished does not stay so while somebody works on the opposite.
  const opposed = subject.asked?.operation === operation ? undefined : subject.asked
  // Somebody has started it by hand: whose numbers hold is no question of the calendar.
  const isChanged = subject.is === 'running' && subject.phase === 'paused' && choice.onConflict !== 'respect'
  const isSettled = subject.is === wanted && !opposed && !isChanged
  if (isSettled && !isOnItsWay(subject, wanted)) return none(`already-${wanted}`, why)
  if (subject.is === 'at-zero') return none('skipped', 'it is at zero, and no pause took it there')
  const awake = isRunning ? undefined : describeKeepAwake(subject.keepAwake, choice)
  if (awake !== undefined) return { operation: 'none', result: 'kept-awake', why: awake }
  const person = isSettled ? undefined : describePerson(calendar, { ...subject, asked: opposed }, choice)
  if (person === undefined || choice.onConflict === 'restore') return { operation, why: byCalendar + why }
  if (choice.onConflict === 'fail') return { operation: 'fail', why: `expected it ${wanted}: ${person}` }
  const until = calendar.until === undefined ? '' : `; left until ${choice.showTime(calendar.until)}`
  return none('skipped', `${person}${until}`)
}

// An earlier run has begun, and not ended, what is wanted: it is taken up again.
const isOnItsWay = ({ phase }: Subject, wanted: 'running' | 'paused') =>
  wanted === 'running' ? phase === 'resuming' : phase === 'pausing'

/** Says who keeps a service awake and until when; undefined where that time is over or nobody does. */
export function describeKeepAwake(
  keepAwake: Subject['keepAwake'],
  { now, showTime }: Pick<Choice, 'now' | 'showTime'>,
): string | undefined {
  if (!keepAwake || Date.parse(keepAwake.until) <= now) return undefined
  const { until, by, reason } = keepAwake
  return `kept awake until ${showTime(Date.parse(until))}${by && ` by ${by}`}: ${reason}`
}

// A person has decided otherwise since the calendar's last change, by an action, or by hand since a pause.
function describePerson(
  { since = Number.NEGATIVE_INFINITY }: CalendarState,
  { is, phase, change, asked }: Subject,
  { showTime }: Choice,
): string | undefined {
  if (asked) return describeAsked(asked, since, showTime)
  if (!change || Date.parse(change.at) < since) return undefined
  if (is === 'running' && phase === 'paused') return 'it was started by hand since it was paused'
  if (change.reason.startsWith(byCalendar)) return undefined
  const word = is === 'paused' ? 'paused' : 'resumed'
  return `${word} at ${showTime(Date.parse(change.at))}${change.by && ` by ${change.by}`}${change.reason && `: ${change.reason}`}`
}

function describeAsked(
  { operation, at, by, reason }: Asked,
  since: number,
  showTime: Choice['showTime'],
): string | undefined {
  if (Date.parse(at) < since || reason.startsWith(byCalendar)) return undefined
  return `${by || 'somebody'} has asked for ${operation} at ${showTime(Date.parse(at))}${reason && `: ${reason}`}`
}

/** How much a service is used. */
export type Use = { requests: number; minutes: number; protectedTasks: readonly string[] }

/** Says how a service is used, as why it is not paused; undefined where it is idle. */
export function describeUse({ requests, minutes, protectedTasks }: Use): string | undefined {
  const reasons = [
    ...(requests > 0 ? [`${requests} request(s) in the last ${minutes} minute(s)`] : []),
    ...(protectedTasks.length > 0 ? [`${protectedTasks.length} task(s) protect themselves`] : []),
  ]
  return reasons.length > 0 ? `in use: ${reasons.join(', ')}` : undefined
}
