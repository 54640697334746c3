import { expect, it } from 'vitest'
import {
  addDays,
  dayAt,
  dayPeriod,
  isDay,
  lastMonth,
  listDays,
  monthPeriod,
  startOf,
  verifyTimeZone,
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
