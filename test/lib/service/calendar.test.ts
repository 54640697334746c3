import { expect, it } from 'vitest'
import { addDays, dayAt, isDay, lastMonth, listDays, monthPeriod } from '../../../lib/service/calendar.ts'

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
