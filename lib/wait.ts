import { setTimeout as delay } from 'node:timers/promises'
import { TimeoutError } from './errors.ts'

/** Time as an argument, so that tests need no real one. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after the time; rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : {}),
}

/** How long to wait for what, and how often to look. */
export type Waiting = {
  /** The thing waited for, as it stands in the time-out's message. */
  what: string
  timeoutSeconds: number
  clock: Clock
  signal?: AbortSignal | undefined
  /** First pause between two looks; it grows by half each time up to `maxDelaySeconds`. */
  delaySeconds?: number
  maxDelaySeconds?: number
}

/**
 * Looks again and again until `look` gives something else than `undefined`, and returns that.
 * Throws TimeoutError: a wait that times out is a failure.
 */
export async function waitUntil<T>(look: () => Promise<T | undefined>, waiting: Waiting): Promise<T> {
  const { clock, signal, timeoutSeconds } = waiting
  const end = clock.now() + timeoutSeconds * 1000
  let pause = (waiting.delaySeconds ?? 0.5) * 1000
  for (;;) {
    signal?.throwIfAborted()
    const found = await look()
    if (found !== undefined) return found
    if (clock.now() + pause > end) throw new TimeoutError(waiting.what, timeoutSeconds)
    await clock.sleep(pause, signal)
    pause = Math.min(pause * 1.5, (waiting.maxDelaySeconds ?? 5) * 1000)
  }
}
