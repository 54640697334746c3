import type { Clock } from '../../lib/wait.ts'

/** A clock that stands still but for sleeps, which take no time. */
export function fakeClock(start = Date.parse('2026-11-23T20:00:00Z')): Clock {
  let now = start
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
  }
}
