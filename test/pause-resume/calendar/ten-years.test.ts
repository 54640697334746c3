import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import {
  type Calendar,
  dayMinutes,
  type WeekPeriod,
} from '../../../actions/pause-resume/calendar/calendar.ts'
import { parseCalendar } from '../../../actions/pause-resume/calendar/calendar-file.ts'
import { listSpans, type Span } from '../../../actions/pause-resume/calendar/spans.ts'
import { stateAt } from '../../../actions/pause-resume/calendar/state.ts'

const zones = ['Asia/Seoul', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
const [firstDay, lastDay] = ['2026-01-01', '2035-12-31']
const minuteMs = 60_000

const zoned = (at: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

/** The latest time that the clocks of a zone have shown up to an instant: it stands still where they go back. */
function furthestClock(at: number, zone: string): Temporal.PlainDateTime {
  const now = zoned(at, zone)
  const change = now.subtract({ nanoseconds: -1 }).getTimeZoneTransition('previous')
  const before = change?.subtract({ nanoseconds: 1 }).toPlainDateTime()
  const clock = now.toPlainDateTime()
  return before && Temporal.PlainDateTime.compare(before, clock) > 0 ? before : clock
}

/** What the clocks say, found without any of the code under test. */
function isRunning({ week, holidayOn }: Calendar, clock: Temporal.PlainDateTime): boolean {
  if (holidayOn(clock.toPlainDate().toString()) !== undefined) return false
  const minute = (clock.dayOfWeek - 1) * dayMinutes + clock.hour * 60 + clock.minute
  return week.some(({ start, minutes }) =>
    [minute, minute + 7 * dayMinutes].some((each) => start <= each && each < start + minutes),
  )
}

/** The instants between two days at which the clocks of a zone change. */
function changesOf(zone: string): number[] {
  const changes: number[] = []
  let at = Temporal.PlainDate.from(firstDay).toZonedDateTime(zone)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.toPlainDate().toString() > lastDay) return changes
    changes.push(next.epochMilliseconds)
    at = next
  }
}

const makeCalendar = (timeZone: string, week: readonly WeekPeriod[]): Calendar => ({
  file: 'calendar.yml',
  timeZone,
  week,
  openings: [],
  dates: { holidays: [], exceptions: [] },
  holidayOn: () => undefined,
})

const contains = (spans: readonly Span[], at: number) =>
  spans.some(({ from, until }) => from <= at && at < until)

const text = (zone: string) => `
version: 1
zone: ${zone}
running:
  - {days: mon-fri, from: 07:30, until: 22:00}
  - {from: sat 10:00, until: sun 02:15}
`

describe.each(zones)('ten years of %s', (zone) => {
  const calendar = parseCalendar(text(zone), 'calendar.yml')
  const spans = listSpans(calendar, firstDay, lastDay)

  it('begin and end each time when the clocks show what the calendar says', () => {
    const borders = spans.flatMap(({ from, until }) => [from, until])
    const counts = Map.groupBy(borders, (at) => {
      const clock = zoned(at, zone)
      return `${clock.dayOfWeek} ${clock.toPlainTime().toString().slice(0, 5)}`
    })
    const usual = [1, 2, 3, 4, 5].flatMap((day) => [`${day} 07:30`, `${day} 22:00`])
    const odd = [...counts].flatMap(([clock, times]) =>
      [...usual, '6 10:00', '7 02:15'].includes(clock) ? [] : times,
    )
    // A night whose end the clocks skip ends when they change.
    const changes = new Set(changesOf(zone))
    expect(odd.filter((at) => !changes.has(at))).toEqual([])
    const weeks = usual.concat('6 10:00').map((clock) => counts.get(clock)?.length)
    const nights = (counts.get('7 02:15')?.length ?? 0) + odd.length
    expect([...weeks, nights].filter((count) => count !== 521 && count !== 522)).toEqual([])
  })

  it('have a state at each change, and none between', () => {
    for (const [at, { from, until }] of spans.entries()) {
      if (at % 397 !== 0) continue
      expect(stateAt(calendar, from)).toMatchObject({ isRunning: true, since: from, until })
      expect(stateAt(calendar, until - 1)).toMatchObject({ isRunning: true, since: from, until })
      expect(stateAt(calendar, until)).toMatchObject({ isRunning: false, since: until })
      expect(stateAt(calendar, from - 1)).toMatchObject({ isRunning: false, until: from })
    }
  })
})

const period = fc.record({
  start: fc.integer({ min: 0, max: 7 * 96 - 1 }).map((quarter) => quarter * 15),
  minutes: fc.integer({ min: 1, max: 7 * 96 }).map((quarter) => quarter * 15),
  isOfDay: fc.constant(false),
  line: fc.constant(1),
})

it('agrees with the clocks around each of their changes, whatever the periods', () => {
  const changes = zones.flatMap((zone) => changesOf(zone).map((at) => ({ zone, at })))
  fc.assert(
    fc.property(
      fc.constantFrom(...changes),
      fc.array(period, { minLength: 1, maxLength: 3 }),
      (change, week) => {
        const { zone, at } = change
        const calendar = makeCalendar(zone, week)
        const [first, last] = [-3, 3].map((days) => zoned(at, zone).add({ days }).toPlainDate().toString())
        const spans = listSpans(calendar, first ?? '', last ?? '')
        for (let minute = -300; minute <= 300; minute += 15) {
          const now = at + minute * minuteMs
          expect([now, contains(spans, now)]).toEqual([now, isRunning(calendar, furthestClock(now, zone))])
        }
      },
    ),
    { numRuns: 80 },
  )
})
