import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCalendar } from '../../../actions/pause-resume/calendar/calendar-file.ts'
import { root } from '../../../scripts/local-aws-process.ts'

const good = "running: [{days: mon-fri, from: '08:00', until: '20:00'}]"
const file = (more: string, zone = 'Asia/Seoul') => `version: 1\nzone: ${zone}\n${more}`
const running = (...periods: string[]) =>
  file(['running:', ...periods.map((each) => `  - {${each}}`)].join('\n'))
const day = (days: string, from: string, until: string) =>
  `days: '${days}', from: '${from}', until: '${until}'`

describe('a calendar is refused in one sentence, with line and column', () => {
  it.each([
    ['of another version', `version: 2\nzone: UTC\n${good}`, 'c.yml:1:10: version: expected 1, got "2"'],
    [
      'of an unknown zone',
      file(good, 'Asia/Soul'),
      'c.yml:2:7: zone: expected a time zone such as Asia/Seoul, got "Asia/Soul"',
    ],
    [
      'with an unknown key',
      file(`${good}\nholiday: {}`),
      'c.yml:4:10: holiday: unknown key; did you mean "holidays"',
    ],
    [
      'without any time to run',
      file('running: []'),
      'c.yml:3:10: running: expected a period or an opening, got none: the service would never run',
    ],
    [
      'with an empty period',
      running(day('mon', '08:00', '8:00')),
      'c.yml:4:41: running[0].until: expected an end after the start 08:00, got 8:00',
    ],
    [
      'with an empty week',
      running("from: 'mon 08:00', until: 'mon 08:00'"),
      'c.yml:4:32: running[0].until: expected an end after the start mon 08:00, got mon 08:00',
    ],
    [
      'with an end on Sunday where it starts there',
      running("from: 'sun 24:00', until: 'mon 00:00'"),
      'c.yml:4:32: running[0].until: expected an end after the start sun 24:00, got mon 00:00',
    ],
    [
      'with a day that is none',
      running(day('mon-fry', '08:00', '20:00')),
      'c.yml:4:12: running[0].days: expected days such as mon-fri, or sat,sun, got "mon-fry"',
    ],
    [
      'with a day twice',
      running(day('mon-fri,fri', '08:00', '20:00')),
      'c.yml:4:12: running[0].days: expected each day once, got "fri" twice',
    ],
    [
      'with a time that is none',
      running(day('mon', '8', '25:00')),
      'c.yml:4:25: running[0].from: expected a time such as 08:00, got "8"',
    ],
    [
      'with a time of the week without its day',
      running("from: '08:00', until: '20:00'"),
      'c.yml:4:12: running[0].from: expected a time such as "mon 08:00" where there are no days, got "08:00"',
    ],
    [
      'with two periods at once',
      running(day('mon-fri', '08:00', '20:00'), day('fri', '19:00', '22:00')),
      'c.yml:5:5: running[1]: overlaps the period of line 4 on fri 19:00',
    ],
    [
      'with a night that meets the next morning',
      running(day('sun', '22:00', '08:00'), day('mon', '07:00', '09:00')),
      'c.yml:5:5: running[1]: overlaps the period of line 4 on mon 07:00',
    ],
    [
      'with nights that meet themselves',
      running(day('mon,tue', '08:00', '07:00'), day('wed', '06:59', '07:30')),
      'c.yml:5:5: running[1]: overlaps the period of line 4 on wed 06:59',
    ],
    [
      'with an unknown country',
      file(`${good}\nholidays: {country: Korea}`),
      expect.stringMatching(/^c\.yml:4:21: holidays\.country: expected a country such as KR, got "Korea"/),
    ],
    [
      'with the name of a country',
      file(`${good}\nholidays: {country: Germany}`),
      'c.yml:4:21: holidays.country: expected a country such as KR, got "Germany"; did you mean "DE"',
    ],
    [
      'with an unknown region',
      file(`${good}\nholidays: {country: DE, region: XX}`),
      expect.stringMatching(/^c\.yml:4:33: holidays\.region: expected a region of DE, got "XX"/),
    ],
    [
      'with a region of a country without any',
      file(`${good}\nholidays: {country: KR, region: XX}`),
      'c.yml:4:33: holidays.region: expected a region of KR, got "XX"',
    ],
    [
      'with a region alone',
      file(`${good}\nholidays: {region: BY}`),
      'c.yml:4:20: holidays.region: goes with a country, got none',
    ],
    [
      'with a holiday that is no day',
      file(`${good}\nholidays:\n  days: [2026-12-24, 2026-02-30]`),
      'c.yml:5:22: holidays.days[1]: expected a day such as 2026-12-24, or 2026-12-24 to 2027-01-01, got "2026-02-30"',
    ],
    [
      'with holidays that end before they begin',
      file(`${good}\nholidays: {days: [2026-12-24 to 2026-12-23]}`),
      'c.yml:4:19: holidays.days[0]: expected a last day after 2026-12-24, got 2026-12-23',
    ],
    [
      'with an empty opening',
      file(`${good}\nopenings: [{from: 2026-12-24 08:00, until: 2026-12-23 08:00, reason: x}]`),
      'c.yml:4:44: openings[0].until: expected an end after the start 2026-12-24 08:00, got 2026-12-23 08:00',
    ],
    [
      'with an opening at no time',
      file(`${good}\nopenings: [{from: tomorrow, until: 2026-12-23 08:00, reason: x}]`),
      'c.yml:4:19: openings[0].from: expected a time such as 2026-12-24 08:00, got "tomorrow"',
    ],
    [
      'with two openings at once',
      file(
        `${good}\nopenings:\n  - {from: 2026-12-24 08:00, until: 2026-12-25 08:00, reason: x}\n  - {from: 2026-12-25 07:59, until: 2026-12-25 09:00, reason: y}`,
      ),
      'c.yml:6:5: openings[1]: overlaps the opening of line 5',
    ],
  ])('%s', (_, text, message) => {
    let thrown: unknown
    try {
      parseCalendar(text, 'c.yml')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ name: 'UserError', message })
  })
})

it('takes periods that touch, over midnight and the end of the week', () => {
  const { week } = parseCalendar(
    running(
      day('sun', '22:00', '08:00'),
      day('mon', '08:00', '24:00'),
      "from: 'tue 00:00', until: 'sun 22:00'",
    ),
    'c.yml',
  )
  expect(week.map(({ start, minutes }) => [start / 60, minutes / 60])).toEqual([
    [8, 16],
    [24, 142],
    [166, 10],
  ])
})

it.each([
  ['mon 00:00', 'sun 24:00', 0, 168],
  ['sat 24:00', 'sun 24:00', 144, 24],
  ['sun 24:00', 'mon 24:00', 0, 24],
  ['fri 20:00', 'mon 00:00', 116, 52],
])('takes a period from %s until %s', (from, until, start, hours) => {
  const { week } = parseCalendar(running(`from: '${from}', until: '${until}'`), 'c.yml')
  expect(week.map((period) => [period.start / 60, period.minutes / 60])).toEqual([[start, hours]])
})

it('knows the same keys and words as the schema that editors read', () => {
  const schema = JSON.parse(readFileSync(join(root, 'actions/pause-resume/calendar.schema.json'), 'utf8'))
  expect(Object.keys(schema.properties).sort()).toEqual([
    'holidays',
    'openings',
    'running',
    'version',
    'zone',
  ])
  const matches = (name: string, text: string) => new RegExp(schema.definitions[name].pattern).test(text)
  expect(['8:00', '24:00', '24:30', '08:60'].map((text) => matches('clock', text))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(['mon 08:00', 'fri 24:00', 'mon', '08:00'].map((text) => matches('weekTime', text))).toEqual([
    true,
    true,
    false,
    false,
  ])
  const days = new RegExp(schema.definitions.days.items.pattern)
  expect(['2026-12-24 to 2027-01-01', '24.12.2026'].map((text) => days.test(text))).toEqual([true, false])
})

it('reads the example of the README', () => {
  const readme = readFileSync(join(root, 'actions/pause-resume/README.md'), 'utf8')
  const [, example = ''] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(readme) ?? []
  const { timeZone, week, openings, holidayOn } = parseCalendar(example, 'README.md')
  expect([timeZone, week.length, openings.length]).toEqual(['Asia/Seoul', 5, 1])
  expect(['2026-12-30', '2026-10-09', '2026-12-25'].map(holidayOn)).toEqual([
    'a holiday of the calendar',
    undefined,
    'Christmas Day',
  ])
})
