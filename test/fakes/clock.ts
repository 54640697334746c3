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

/** A clock for runs: what takes less than ten seconds takes no time, and longer sleeps last until they are aborted. */
export function runClock(): Clock {
  let now = Date.parse('2026-11-23T20:00:00Z')
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted()
      if (milliseconds < 10_000) {
        now += milliseconds
        return
      }
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    },
  }
}
