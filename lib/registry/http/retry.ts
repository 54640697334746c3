import type { Clock } from '../../wait.ts'
import { isTransient, RegistryError } from './errors.ts'

/** How often to try again, and what time and chance are. */
export type Retrying = {
  /** Tries after the first. */
  retries: number
  clock: Clock
  /** From 0 up to, not including, 1. */
  random: () => number
  signal: AbortSignal
}

const firstPauseMs = 400
const longestPauseMs = 20_000
const longestRetryAfterMs = 60_000

/**
 * Does the work again after a failure that can pass. Pauses double, and each is drawn from its whole range, so
 * that clients that failed together do not come back together:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function withRetries<T>(work: () => Promise<T>, retrying: Retrying): Promise<T> {
  const { retries, clock, signal } = retrying
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (failures > retries || !isTransient(error)) throw error
      await clock.sleep(pauseAfter(failures, error, retrying.random), signal)
    }
  }
}

/** Tells how many milliseconds to wait after the given number of failures; what the registry asks for is the least. */
function pauseAfter(failures: number, error: unknown, random: () => number): number {
  const asked = error instanceof RegistryError ? (error.retryAfterMs ?? 0) : 0
  const drawn = random() * Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
  return Math.max(drawn, Math.min(asked, longestRetryAfterMs))
}
