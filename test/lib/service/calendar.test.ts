import { expect, it } from 'vitest'
import {
  addDays,
  clockAt,
  dayAt,
  dayPeriod,
  instantAt,
  isDay,
  lastMonth,
  listDays,
  monthPeriod,
  parseTime,
  startOf,
  verifyTimeZone,
  weekdayOf,
} from '../../../lib/service/calendar.ts'

const hours = (start: number, end: number) => (end - start) / 3_600_000

it('begins a month at midnight of its zone', () => {
  const { start, end, firstDay, nextDay } = monthPeriod('2026-03', 'Asia/Seoul')
  expect(new Date(start).toISOString()).toBe('2026-02-28T15:00:00.000Z')
  expect(new Date(end).toISOString()).toBe('2026-03-31T15:00:00.000Z')
  expect([firstDay, nextDay]).toEqual(['2026-03-01', '2026-04-01'])
})

it.each([
  ['2026-03', 'Europe/Berlin', 31 * 24 - 1],
  ['2026-10', 'Europe/Berlin', 31 * 24 + 1],
  ['2026-02', 'UTC', 28 * 24],
  ['2028-02', 'UTC', 29 * 24],
])('gives %s in %s %i hours', (month, zone, expected) => {
  const { start, end } = monthPeriod(month, zone)
  expect(hours(start, end)).toBe(expected)
})

it('names days across months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(listDays('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
  expect(['2026-02-28', '2026-02-29', '2026-1-1', '2026-13-01'].map(isDay)).toEqual([
    true,
    false,
    false,
    false,
  ])
})

it('knows what day and month it is elsewhere', () => {
  const newYear = Date.UTC(2026, 11, 31, 16)
  expect([dayAt(newYear, 'Asia/Seoul'), dayAt(newYear, 'UTC')]).toEqual(['2027-01-01', '2026-12-31'])
  expect([lastMonth(newYear, 'Asia/Seoul'), lastMonth(newYear, 'UTC')]).toEqual(['2026-12', '2026-11'])
})

it('reads a day as a period of its own', () => {
  expect(dayPeriod('2026-09-14', 'Asia/Seoul')).toEqual({
    name: '2026-09-14',
    timeZone: 'Asia/Seoul',
    start: Date.UTC(2026, 8, 13, 15),
    end: Date.UTC(2026, 8, 14, 15),
    firstDay: '2026-09-14',
    nextDay: '2026-09-15',
  })
})

it.each(['2026-13', '2026-00', '2026-1', 'x2026-01', '2026-01-01'])('refuses the month "%s"', (month) => {
  expect(() => monthPeriod(month, 'UTC')).toThrow(`month: expected a month such as 2026-09, got "${month}"`)
})

it('begins a day later where a clock change skips midnight', () => {
  expect(startOf('2026-03-29', 'Asia/Beirut')).toBe(Date.UTC(2026, 2, 28, 22))
})

it.each([
  ['2026-12-31', true],
  ['2026-01-01', true],
  ['2026-00-10', false],
  ['2026-04-00', false],
  ['2026-04-31', false],
  ['2026-04-1x', false],
  ['x2026-04-01', false],
  ['2026-04-011', false],
])('takes "%s" for a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected)
})

it('refuses a time zone that nobody has', () => {
  expect(() => verifyTimeZone('UTC')).not.toThrow()
  expect(() => verifyTimeZone('Asia/Soul')).toThrow(
    'timezone: expected a name such as Asia/Seoul or UTC, got "Asia/Soul"',
  )
})

it.each([
  ['as the clocks show it', '2026-03-28', 150, 'Europe/Berlin', '2026-03-28T01:30:00.000Z'],
  [
    'when the clocks change, where they skip it',
    '2026-03-29',
    150,
    'Europe/Berlin',
    '2026-03-29T01:00:00.000Z',
  ],
  ['the first time, where they repeat it', '2026-10-25', 150, 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['in a change of half an hour', '2026-10-04', 135, 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
  ['at the end of a day', '2026-12-31', 1440, 'Asia/Seoul', '2026-12-31T15:00:00.000Z'],
  ['in a day that is left out', '2011-12-30', 600, 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('finds a time %s', (_, day, minute, zone, expected) => {
  expect(new Date(instantAt(day, minute, zone)).toISOString()).toBe(expected)
})

it('tells the day of the week and what the clocks show', () => {
  expect(['2026-11-23', '2026-11-29'].map(weekdayOf)).toEqual([0, 6])
  expect(clockAt(Date.UTC(2026, 11, 31, 16, 5, 59), 'Asia/Seoul')).toBe('2027-01-01 01:05')
})

it.each([
  ['2026-11-26 08:30', '2026-11-25T23:30:00.000Z'],
  ['2026-11-26T08:30', '2026-11-25T23:30:00.000Z'],
  ['2026-11-26T08:30Z', '2026-11-26T08:30:00.000Z'],
  ['2026-11-26T08:30:15.5+02:00', '2026-11-26T06:30:15.500Z'],
])('reads the time "%s"', (text, expected) => {
  expect(new Date(parseTime(text, 'Asia/Seoul') ?? 0).toISOString()).toBe(expected)
})

it.each(['', 'tomorrow', '2026-11-26', '2026-02-30 08:00', '2026-11-26 24:00', '2026-11-26 08:30 KST'])(
  'takes "%s" for no time',
  (text) => {
    expect(parseTime(text, 'Asia/Seoul')).toBeUndefined()
  },
)
