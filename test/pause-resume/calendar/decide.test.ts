import { describe, expect, it } from 'vitest'
import {
  decide,
  describeUse,
  type OnConflict,
  type Subject,
} from '../../../actions/pause-resume/calendar/decide.ts'

const at = (hour: number) => Date.UTC(2026, 10, 26, hour)
const iso = (hour: number) => new Date(at(hour)).toISOString()
// The working day is from 8 to 20, and it is 10 or 22.
const day = { isRunning: true, why: 'in a weekly period', since: at(8), until: at(20) }
const night = { isRunning: false, why: 'outside the weekly periods', since: at(20), until: at(32) }

const subject = (more: Partial<Subject>): Subject => ({
  ...{ name: 'web', is: 'running', phase: 'running', change: undefined, keepAwake: undefined },
  asked: undefined,
  ...more,
})
const change = (hour: number, reason: string) => ({ at: iso(hour), by: 'ann', reason })
const paused = (hour: number, reason: string) =>
  subject({ is: 'paused', phase: 'paused', change: change(hour, reason) })
const resumed = (hour: number, reason: string) => subject({ change: change(hour, reason) })
const asked = (operation: 'pause' | 'resume', hour: number, reason: string) =>
  subject({ asked: { operation, ...change(hour, reason) } })
const awake = (until: number) => subject({ keepAwake: { ...change(18, 'training'), until: iso(until) } })

const ask = (calendar: typeof day, service: Subject, onConflict: OnConflict = 'respect') => {
  const now = calendar.isRunning ? at(10) : at(22)
  const showTime = (time: number) => `${(time - at(0)) / 3_600_000}:00`
  return decide(calendar, service, { now, onConflict, showTime })
}

describe('the calendar', () => {
  it.each([
    ['by day leaves what runs', day, subject({}), 'none', 'in a weekly period'],
    [
      'by night leaves what is paused',
      night,
      paused(21, 'calendar: x'),
      'none',
      'outside the weekly periods',
    ],
    [
      'resumes what the night paused',
      day,
      paused(4, 'calendar: x'),
      'resume',
      'calendar: in a weekly period',
    ],
    [
      'resumes what a person paused before the day began',
      day,
      paused(7, 'good night'),
      'resume',
      'calendar: in a weekly period',
    ],
    [
      'pauses what runs since the day',
      night,
      resumed(9, 'early'),
      'pause',
      'calendar: outside the weekly periods',
    ],
    ['pauses what nobody has touched', night, subject({}), 'pause', 'calendar: outside the weekly periods'],
    [
      'goes on with a pause that has not ended',
      night,
      subject({ is: 'paused', phase: 'pausing', change: change(21, 'late') }),
      'pause',
      'calendar: outside the weekly periods',
    ],
    [
      'goes on with a resume that has not ended',
      day,
      subject({ phase: 'resuming', change: change(9, 'calendar: x') }),
      'resume',
      'calendar: in a weekly period',
    ],
    [
      'leaves what is at zero without a pause',
      day,
      subject({ is: 'at-zero' }),
      'none',
      'it is at zero, and no pause took it there',
    ],
    ['leaves what is kept awake', night, awake(23), 'none', 'kept awake until 23:00 by ann: training'],
    [
      'pauses what was kept awake until now',
      night,
      awake(22),
      'pause',
      'calendar: outside the weekly periods',
    ],
    [
      'leaves what a person resumed in the night',
      night,
      resumed(21, 'demo'),
      'none',
      'resumed at 21:00 by ann: demo; left until 32:00',
    ],
    [
      'leaves what a person paused by day',
      day,
      paused(9, 'broken'),
      'none',
      'paused at 9:00 by ann: broken; left until 20:00',
    ],
    [
      'leaves what a person started by hand in the night',
      night,
      subject({ phase: 'paused', change: change(21, 'calendar: x') }),
      'none',
      'it was started by hand since it was paused; left until 32:00',
    ],
    [
      'pauses what a person started by hand by day',
      night,
      subject({ phase: 'paused', change: change(4, 'calendar: x') }),
      'pause',
      'calendar: outside the weekly periods',
    ],
    [
      'leaves what a person pauses just now',
      day,
      asked('pause', 9, 'broken'),
      'none',
      'ann has asked for pause at 9:00: broken; left until 20:00',
    ],
    [
      'leaves what a person pauses as the day begins',
      day,
      asked('pause', 8, 'broken'),
      'none',
      'ann has asked for pause at 8:00: broken; left until 20:00',
    ],
    [
      'leaves what a person paused as the day began',
      day,
      paused(8, 'broken'),
      'none',
      'paused at 8:00 by ann: broken; left until 20:00',
    ],
    [
      'resumes what a person still pauses since the night',
      day,
      asked('pause', 7, 'late'),
      'resume',
      'calendar: in a weekly period',
    ],
    [
      'resumes what an earlier run of the calendar still pauses',
      day,
      asked('pause', 9, 'calendar: x'),
      'resume',
      'calendar: in a weekly period',
    ],
    [
      'takes up what a run that was killed had begun',
      night,
      asked('pause', 21, ''),
      'pause',
      'calendar: outside the weekly periods',
    ],
    ['leaves what is resumed just now', day, asked('resume', 9, 'demo'), 'none', 'in a weekly period'],
    [
      'follows a calendar that was changed after its own last run',
      night,
      resumed(21, 'calendar: x'),
      'pause',
      'calendar: outside the weekly periods',
    ],
  ] as const)('%s', (_, calendar, service, operation, why) => {
    expect(ask(calendar, service)).toMatchObject({ operation, why })
  })

  it('overrules a person only when it is told to, and can refuse to go on', () => {
    const service = resumed(21, 'demo')
    expect(ask(night, service, 'restore')).toEqual({
      operation: 'pause',
      why: 'calendar: outside the weekly periods',
    })
    expect(ask(night, service, 'fail')).toEqual({
      operation: 'fail',
      why: 'expected it paused: resumed at 21:00 by ann: demo',
    })
    expect(ask(day, asked('pause', 9, 'broken'), 'restore').operation).toBe('resume')
    // By day too, the numbers of what was started by hand are somebody's choice.
    const woken = subject({ phase: 'paused', change: change(4, 'calendar: x') })
    expect(ask(day, woken).operation).toBe('none')
    expect(ask(day, woken, 'restore').operation).toBe('resume')
  })

  it('tells apart what stands already, what is kept awake, and what is left', () => {
    const results = [
      ask(day, subject({})),
      ask(night, paused(21, '')),
      ask(night, awake(23)),
      ask(night, resumed(21, '')),
    ]
    expect(results.map((each) => 'result' in each && each.result)).toEqual([
      ...['already-running', 'already-paused', 'kept-awake', 'skipped'],
    ])
  })
})

it('tells how a service is used', () => {
  const idle = { requests: 0, minutes: 15, protectedTasks: [] }
  expect(describeUse(idle)).toBeUndefined()
  expect(describeUse({ ...idle, requests: 3 })).toBe('in use: 3 request(s) in the last 15 minute(s)')
  expect(describeUse({ ...idle, protectedTasks: ['a', 'b'] })).toBe('in use: 2 task(s) protect themselves')
})
