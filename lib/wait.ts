import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, TimeoutError } from './errors.ts'

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
  /** A look may take so long even where the time is up: each wait looks at least once. */
  shortestLookMs?: number
  /** Whether a look that failed is tried again until the time is up; without it, the first failure ends the wait. */
  isTransient?: ((error: unknown) => boolean) | undefined
}

/**
 * Looks again and again until `look` returns something else than `undefined`, and returns that. Throws TimeoutError
 * when the time is up, also while a look does not come back, and the signal's reason as soon as it aborts.
 */
export async function waitUntil<T>(look: () => Promise<T | undefined>, waiting: Waiting): Promise<T> {
  const { what, clock, signal, timeoutSeconds, isTransient = () => false } = waiting
  const end = clock.now() + timeoutSeconds * 1000
  let pause = (waiting.delaySeconds ?? 0.5) * 1000
  let failure: string | undefined
  for (;;) {
    signal?.throwIfAborted()
    try {
      const found = await lookOnce(look, Math.max(end - clock.now(), waiting.shortestLookMs ?? 5_000), signal)
      if (found !== undefined) return found
      failure = undefined
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof LookTimeout) throw new TimeoutError(what, timeoutSeconds, failure)
      if (!isTransient(error)) throw error
      failure = messageOf(error)
    }
    if (clock.now() + pause > end) throw new TimeoutError(what, timeoutSeconds, failure)
    await clock.sleep(pause, signal)
    pause = Math.min(pause * 1.5, (waiting.maxDelaySeconds ?? 5) * 1000)
  }
}

class LookTimeout extends Error {}

async function lookOnce<T>(
  look: () => Promise<T>,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new LookTimeout()), Math.min(limitMs, 2 ** 31 - 1))
  try {
    return await raceWithSignal(look(), signal ? AbortSignal.any([limit.signal, signal]) : limit.signal)
  } finally {
    clearTimeout(timer)
  }
}

/** Work that has to be done by a deadline, in milliseconds since the epoch; `what` names it in the time-out's message. */
type Deadline = {
  what: string
  deadline: number
  clock: Clock
  /** The waits within the work have the same deadline, and say better what they waited for: they end first. */
  graceMs?: number
}

/**
 * Does work of several calls, and throws TimeoutError where it has not ended by the deadline, whichever call it is at.
 * A cancel ends the calls themselves: the work can still stop what it began.
 */
export async function endBy<T>(
  work: () => Promise<T>,
  { what, deadline, clock, graceMs = 3_000 }: Deadline,
): Promise<T> {
  const leftMs = Math.max(deadline - clock.now(), 0)
  try {
    return await lookOnce(work, leftMs + graceMs, undefined)
  } catch (error) {
    if (error instanceof LookTimeout) throw new TimeoutError(what, leftMs / 1000)
    throw error
  }
}

/** Waits for a promise, or throws the signal's reason as soon as it aborts; what the promise does then is lost. */
export async function raceWithSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    stop = () => signal.removeEventListener('abort', abort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    stop()
  }
}
