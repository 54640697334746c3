import type { Clock } from './wait.ts'

/** Pauses between attempts, in milliseconds. */
export type BackOff = {
  clock: Clock
  /** From 0 up to, not including, 1. */
  random: () => number
  /** Upper limit of the first pause; it doubles with each failure. */
  firstMs: number
  /** Upper limit of every pause. */
  longestMs: number
  /** Lower limit of the pause after an error, such as the one that a server asks for. */
  leastMs?: (error: unknown) => number
}

/** How often work is attempted, after which errors, and how long it pauses in between. */
export type RetryPolicy = {
  /** Attempts in all, including the first. */
  attempts: number
  isTransient: (error: unknown) => boolean
  /** Without it, the next attempt starts at once. */
  backOff?: BackOff
  signal?: AbortSignal | undefined
}

/** Repeats work after transient errors. Throws the last error, or the signal's reason as soon as it aborts. */
export async function retry<T>(work: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  const attempts = startAttempts(policy)
  for (;;) {
    try {
      return await work()
    } catch (error) {
      await attempts.pauseAfter(error)
    }
  }
}

/** Counts the attempts of work that can continue where it failed. */
export type Attempts = {
  /** Waits until the next attempt may start; throws the error when it is lasting or was the last attempt's. */
  pauseAfter(error: unknown): Promise<void>
  /** Starts counting again: the work has made progress. */
  reset(): void
}

/** Starts to count attempts. */
export function startAttempts({ attempts, isTransient, backOff, signal }: RetryPolicy): Attempts {
  let failures = 0
  return {
    pauseAfter: async (error) => {
      signal?.throwIfAborted()
      failures += 1
      if (failures >= attempts || !isTransient(error)) throw error
      if (backOff) await backOff.clock.sleep(drawPause(failures, error, backOff), signal)
    },
    reset: () => {
      failures = 0
    },
  }
}

// Each pause is drawn from its whole range, so that clients that failed together do not return together:
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
function drawPause(
  failures: number,
  error: unknown,
  { random, firstMs, longestMs, leastMs }: BackOff,
): number {
  const drawn = random() * Math.min(firstMs * 2 ** (failures - 1), longestMs)
  return Math.max(drawn, leastMs?.(error) ?? 0)
}
