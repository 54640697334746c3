import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeExpired, parseCalendar } from '../../../actions/pause-resume/calendar/calendar-file.ts'
import { comingDays, stateAt } from '../../../actions/pause-resume/calendar/state.ts'
import { readInputs } from '../../../actions/pause-resume/inputs.ts'
import { readSetting } from '../../../actions/pause-resume/prepare/setting.ts'
import { parseTime } from '../../../lib/service/calendar.ts'
import { fakeClock } from '../../fakes/clock.ts'
import { makeContext } from '../../fixtures/context.ts'

const calendar = parseCalendar(
  `version: 1
zone: Asia/Seoul
running:
  - {days: 'mon-thu', from: 08:00, until: 02:00}
  - {from: fri 08:00, until: mon 02:00}
holidays:
  country: KR
  days: [2026-12-24, 2026-12-30 to 2027-01-03]
  except: [2026-12-25]
openings:
  - {from: 2026-12-24 20:00, until: 2026-12-24 23:00, reason: Christmas party}
`,
  'calendar.yml',
)

const at = (clock: string) => parseTime(clock, 'Asia/Seoul') ?? Number.NaN
const say = (clock: string) => {
  const { isRunning, why, since, until } = stateAt(calendar, at(clock))
  const show = (time: number | undefined) =>
    time === undefined ? 'never' : new Date(time + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')
  return [isRunning ? 'running' : 'paused', why, show(since), show(until)]
}

it.each([
  ['on a working day', '2026-12-01 12:00', 'running', 'in a weekly period', '12-01 08:00', '12-02 02:00'],
  ['over midnight', '2026-12-02 01:59', 'running', 'in a weekly period', '12-01 08:00', '12-02 02:00'],
  [
    'at the end, which is no part of it',
    '2026-12-02 02:00',
    'paused',
    'outside the weekly periods',
    '12-02 02:00',
    '12-02 08:00',
  ],
  ['over a weekend', '2026-12-06 12:00', 'running', 'in a weekly period', '12-04 08:00', '12-07 02:00'],
  [
    'on a holiday of its own',
    '2026-12-24 12:00',
    'paused',
    'a holiday of the calendar',
    '12-24 02:00',
    '12-24 20:00',
  ],
  ['in a special opening', '2026-12-24 20:00', 'running', 'Christmas party', '12-24 20:00', '12-24 23:00'],
  [
    'on an exception from the holidays of the country',
    '2026-12-25 12:00',
    'running',
    'in a weekly period',
    '12-25 08:00',
    '12-28 02:00',
  ],
  [
    'on a range of holidays',
    '2027-01-02 12:00',
    'paused',
    'a holiday of the calendar',
    '12-30 02:00',
    '01-04 00:00',
  ],
  [
    'on a holiday of the country',
    '2027-03-01 12:00',
    'paused',
    expect.stringContaining('Independence'),
    '03-01 00:00',
    '03-02 08:00',
  ],
])('%s, at %s, is %s', (_, clock, word, why, since, until) => {
  const dated = (text: string) => expect.stringMatching(new RegExp(`^202\\d-${text}$`))
  expect(say(clock)).toEqual([word, why, dated(since), dated(until)])
})

it.each(['2025-12-31', '2026-01-02'])('knows a holiday that runs over New Year on %s', (day) => {
  const calendar = parseCalendar(
    "version: 1\nzone: UTC\nrunning: [{days: mon-sun, from: '00:00', until: '24:00'}]\nholidays: {country: SZ}",
    'c.yml',
  )
  expect(stateAt(calendar, Date.parse(`${day}T12:00:00Z`)).isRunning).toBe(false)
})

it('has no next change where it always runs', () => {
  const always = parseCalendar(
    "version: 1\nzone: UTC\nrunning: [{days: mon-sun, from: '00:00', until: '24:00'}]",
    'c.yml',
  )
  expect(stateAt(always, 0)).toEqual({
    isRunning: true,
    why: 'in a weekly period',
    since: undefined,
    until: undefined,
  })
})

it('finds a change that is months away', () => {
  const opened = parseCalendar(
    'version: 1\nzone: UTC\nrunning: []\nopenings: [{from: 2026-09-01 08:00, until: 2026-09-02 08:00, reason: fair}]',
    'c.yml',
  )
  expect(stateAt(opened, Date.UTC(2026, 0, 1))).toMatchObject({
    isRunning: false,
    until: Date.UTC(2026, 8, 1, 8),
  })
})

it('lists the coming days, with the hours in which the clocks change', () => {
  const berlin = parseCalendar(
    "version: 1\nzone: Europe/Berlin\nrunning: [{days: mon-sun, from: '00:00', until: '06:00'}]\nholidays: {country: DE, region: by}",
    'c.yml',
  )
  const days = comingDays(berlin, Date.UTC(2026, 2, 27, 12), 11)
  expect(days.map(({ day, hours, remarks }) => [day.slice(5), hours, ...remarks])).toEqual([
    ...[
      ['03-27', 6],
      ['03-28', 6],
      ['03-29', 5],
      ['03-30', 6],
      ['03-31', 6],
      ['04-01', 6],
      ['04-02', 6],
    ],
    ...[
      ['04-03', 0, 'Good Friday'],
      ['04-04', 6],
      ['04-05', 6],
      ['04-06', 0, 'Easter Monday'],
    ],
  ])
})

it('names the lines of dates that are long over, in one sentence', () => {
  expect(describeExpired(calendar, at('2026-12-24 22:00'))).toBeUndefined()
  expect(describeExpired(calendar, at('2027-01-05 12:00'))).toBe(
    'calendar.yml: dates that are over are in line 8, 9, 11; they do nothing and can be removed',
  )
})

it('says that it has ended, with the page that helps, where all its times to run are over', () => {
  const opening = '{from: 2026-12-24 10:00, until: 2026-12-24 18:00, reason: demo}'
  const text = `version: 1\nzone: Asia/Seoul\nrunning: []\nopenings: [${opening}]\n`
  const inputs = readInputs({ operation: 'auto', cluster: 'c', services: 'all', calendar: 'c.yml' })
  const warn = (clock: string, env: Record<string, string> = {}) => {
    const warnings: string[] = []
    const log = { ...makeContext().log, warning: (text: string) => warnings.push(text) }
    readSetting(inputs, { log, env, readFile: () => text, clock: fakeClock(at(clock)) })
    return warnings
  }
  for (const clock of ['2026-12-24 09:00', '2026-12-24 17:00']) expect(warn(clock)).toEqual([])
  const sentence = /^c\.yml: expected a time to run within a year, got none, .*; see /
  const page = 'actions/pause-resume/README.md#calendar'
  expect(warn('2026-12-24 18:00')).toEqual([expect.stringMatching(sentence)])
  const run = { GITHUB_SERVER_URL: 'https://g', GITHUB_REPOSITORY: 'o/r', GITHUB_SHA: 'a1' }
  expect(warn('2026-12-24 18:00', run)[0]).toContain(`; see https://g/o/r/blob/a1/${page}`)
})

it('the example pauses at night, on weekends and on public holidays, as it is and with its comments', () => {
  const text = readFileSync('example/calendar.yml', 'utf8')
  const example = parseCalendar(text, 'calendar.yml')
  const hours = (calendar: typeof example, clock: string) =>
    comingDays(calendar, at(clock), 7).map((day) => day.hours)
  // From a Monday, in the week of Chuseok.
  expect(hours(example, '2026-09-21 12:00')).toEqual([14, 14, 14, 0, 0, 0, 0])
  const { isRunning, until } = stateAt(example, at('2026-09-23 22:00'))
  expect([isRunning, until]).toEqual([false, at('2026-09-28 08:00')])
  const uncommented = text.replaceAll(/^(\s*)# (?=days:|except:|openings:| {2}- )/gm, '$1')
  const all = parseCalendar(uncommented, 'calendar.yml')
  // From a Monday, and a public holiday, to the opening on Saturday; and a Monday that is a holiday of one's own.
  expect(hours(example, '2027-03-01 12:00')).toEqual([0, 14, 14, 14, 14, 0, 0])
  expect(hours(all, '2027-03-01 12:00')).toEqual([14, 14, 14, 14, 14, 8, 0])
  expect(hours(all, '2027-05-03 12:00').slice(0, 2)).toEqual([0, 14])
})
