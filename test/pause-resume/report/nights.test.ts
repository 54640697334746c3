import { expect, it } from 'vitest'
import { parseCalendar } from '../../../actions/pause-resume/calendar/calendar-file.ts'
import { stateAt } from '../../../actions/pause-resume/calendar/state.ts'
import { describeCalendar, renderCalendar } from '../../../actions/pause-resume/report/calendar.ts'
import { renderDuration } from '../../../actions/pause-resume/report/duration.ts'
import { renderNext } from '../../../actions/pause-resume/report/next.ts'
import { renderSavings, renderTimeline } from '../../../actions/pause-resume/report/savings.ts'
import type { LedgerEvent } from '../../../lib/service/ledger.ts'
import { renderTime } from '../../../lib/service/render-time.ts'
import { sumSavings } from '../../../lib/service/savings.ts'
import { makeCluster } from '../../fixtures/pause-state.ts'

const calendar = parseCalendar(
  `version: 1
zone: Asia/Seoul
running:
  - {days: mon-fri, from: 08:00, until: 02:00}
openings:
  - {from: 2026-11-29 10:00, until: 2026-11-29 11:30, reason: a | demo}
`,
  'calendar.yml',
)
// Friday evening in Seoul.
const now = Date.UTC(2026, 10, 27, 12)

it('tells times in the zone and in UTC, and how long something takes', () => {
  expect(renderTime(now, 'Asia/Seoul')).toBe('2026-11-27 21:00 Asia/Seoul (12:00 UTC)')
  expect(renderTime(now + 3 * 3_600_000, 'Asia/Seoul')).toBe(
    '2026-11-28 00:00 Asia/Seoul (2026-11-27 15:00 UTC)',
  )
  expect(renderTime(now, 'UTC')).toBe('2026-11-27 12:00 UTC')
  const minutes = (count: number) => renderDuration(count * 60_000)
  expect([0.5, 5, 125, 60, 60 * 76, 60 * 24].map(minutes)).toEqual([
    '30 s',
    '5 min',
    '2 h 5 min',
    '1 h',
    '3 d 4 h',
    '1 d',
  ])
})

it('tells what the calendar says, until when, and the coming days', () => {
  expect(describeCalendar(stateAt(calendar, now), 'Asia/Seoul')).toBe(
    'the calendar says running until 2026-11-28 02:00 Asia/Seoul (2026-11-27 17:00 UTC): in a weekly period',
  )
  const { markdown } = renderCalendar(calendar, now)
  const rows = markdown.split('\n').filter((line) => line.startsWith('| '))
  expect(rows).toHaveLength(16)
  expect(rows.slice(2, 6)).toEqual([
    '| Fri 2026-11-27 | 00:00–02:00, 08:00–24:00 | 18 |  |',
    '| Sat 2026-11-28 | 00:00–02:00 | 2 |  |',
    '| Sun 2026-11-29 | 10:00–11:30 | 1.5 | a &vert; demo |',
    '| Mon 2026-11-30 | 08:00–24:00 | 16 |  |',
  ])
})

it('tells after a pause how to resume, and when the calendar changes something next', () => {
  const next = (operation: 'pause' | 'resume', given?: typeof calendar) =>
    renderNext({ operation, state: makeCluster([]) }, { calendar: given, timeZone: 'Asia/Seoul', now })
      .markdown
  expect(next('pause')).toBe('**Next**\n\n- resume with `operation: resume` for the same services of `c`')
  expect(next('resume', calendar)).toBe(
    '**Next**\n\n- pause with `operation: pause` for the same services of `c`\n- the calendar says running until 2026-11-28 02:00 Asia/Seoul (2026-11-27 17:00 UTC): in a weekly period',
  )
})

const events: LedgerEvent[] = [
  {
    ...{
      version: 1,
      cluster: 'c',
      at: '2026-11-26T17:00:00.000Z',
      operation: 'auto',
      by: '',
      why: '',
      run: '',
    },
    services: [{ name: 'web', isPaused: true }],
    groups: [{ name: 'gpu', instanceType: 'g4dn.xlarge', freed: 2, left: 1 }],
  },
  {
    ...{
      version: 1,
      cluster: 'c',
      at: '2026-11-26T23:00:00.000Z',
      operation: 'auto',
      by: '',
      why: '',
      run: '',
    },
    services: [{ name: 'web', isPaused: false }],
    groups: [{ name: 'gpu', instanceType: 'g4dn.xlarge', freed: 0, left: 0 }],
  },
]
const between = { start: now - 24 * 3_600_000, end: now }

it('tells what was saved, what ran on, and at what price', () => {
  const price = { usd: 0.5, source: 'as given' }
  const { markdown } = renderSavings(
    sumSavings(events, between, () => price),
    'Last day',
  )
  expect(markdown).toContain(
    '**Last day: 6.00 USD saved, 3.00 USD spent on instances that ran although paused**',
  )
  expect(markdown).toContain('| c/web | 6.0 |')
  expect(markdown).toContain(
    '| c/gpu | g4dn.xlarge | 12.0 h | 6.00 USD | 6.0 h | 3.00 USD | 0.5 USD/h, as given |',
  )
  expect(
    renderSavings(
      sumSavings(events, between, () => undefined),
      '',
    ).markdown,
  ).toContain('No price is known for g4dn.xlarge: give it with the input instance-price.')
  expect(
    renderSavings(
      sumSavings([], between, () => price),
      '',
    ).markdown,
  ).toBe('')
})

it('draws when services were paused, in local time', () => {
  expect(renderTimeline(events, between, 'Asia/Seoul').markdown.split('\n').slice(4)).toEqual([
    '  title paused and running, Asia/Seoul',
    '  section c/web',
    '  paused :done, 2026-11-27 02:00, 2026-11-27 08:00',
    '  running :active, 2026-11-27 08:00, 2026-11-27 21:00',
    '```',
  ])
  expect(renderTimeline([], between, 'UTC').markdown).toBe('')
})
