import { describe, expect, it } from 'vitest'
import { bordersOf, windowOf } from '../../../actions/billing-report/plan/window.ts'
import { addDays, dayAt, dayPeriod, listDays, monthPeriod, startOf } from '../../../lib/service/calendar.ts'

const seoul = { partitionZone: 'Asia/Seoul', lateDays: 3 }

describe('the partitions of a period', () => {
  it('meet it and its late days, and the quarter of an hour before, in which a file may have been begun', () => {
    expect(windowOf(monthPeriod('2026-03', 'Asia/Seoul'), seoul)).toEqual({
      first: '2026-02-28',
      next: '2026-04-04',
    })
    expect(windowOf(dayPeriod('2026-03-10', 'Asia/Seoul'), { ...seoul, lateDays: 0 })).toEqual({
      first: '2026-03-09',
      next: '2026-03-11',
    })
  })

  it('are those of their own zone', () => {
    // The month begins at 15:00 and ends before 15:00 of UTC.
    expect(windowOf(monthPeriod('2026-03', 'Asia/Seoul'), { partitionZone: 'UTC', lateDays: 3 })).toEqual({
      first: '2026-02-28',
      next: '2026-04-04',
    })
    expect(
      windowOf(monthPeriod('2026-03', 'America/New_York'), { partitionZone: 'UTC', lateDays: 0 }),
    ).toEqual({
      first: '2026-03-01',
      next: '2026-04-02',
    })
  })
})

describe.each([
  ['Asia/Seoul', 'Asia/Seoul', 3],
  ['Asia/Seoul', 'UTC', 3],
  ['America/New_York', 'Asia/Seoul', 0],
  ['Pacific/Kiritimati', 'Pacific/Niue', 5],
  ['Europe/Berlin', 'Europe/Berlin', 31],
])('a row in %s, in partitions of %s, %i days late', (timeZone, partitionZone, lateDays) => {
  const arrival = { partitionZone, lateDays }

  it('is found by its own day or by that of its arrival, whichever day it arrives', () => {
    for (const day of ['2026-03-29', '2026-03-31', '2026-11-01', '2026-02-28']) {
      const { start, end } = dayPeriod(day, timeZone)
      const { first, next } = windowOf(dayPeriod(day, timeZone), arrival)
      for (const arrived of listDays(addDays(day, -3), addDays(day, lateDays + 4))) {
        const { lateBefore, earlyFrom } = bordersOf(arrived, timeZone, arrival)
        const isReached = first <= arrived && arrived < next
        for (const time of [start, end - 1]) {
          expect([day, arrived, lateBefore <= time && time < earlyFrom]).toEqual([day, arrived, isReached])
        }
      }
    }
  })

  it('is in the window when it arrives at any time until the late days are over', () => {
    const period = monthPeriod('2026-03', timeZone)
    const { first, next } = windowOf(period, arrival)
    const last = startOf(addDays(period.nextDay, lateDays), timeZone) - 1
    for (const time of [period.start, period.end, last])
      expect(first <= dayAt(time, partitionZone) && dayAt(time, partitionZone) < next).toBe(true)
    expect(dayAt(last + 1, partitionZone) >= next || partitionZone !== timeZone).toBe(true)
  })
})
