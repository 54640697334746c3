/** How long a request may take, in milliseconds. */
export type TimeLimits = {
  /** Until a connection stands, TLS included. */
  connectMs: number
  /** Without anything that moves on the connection. */
  idleMs: number
  /** From the last byte of the request until the whole answer is there; a request at hand is sent within it, too. */
  totalMs: number
}

const usual: TimeLimits = { connectMs: 30_000, idleMs: 60_000, totalMs: 120_000 }

/** Fills in the usual limits. */
export const completeLimits = (limits: Partial<TimeLimits> = {}): TimeLimits => ({ ...usual, ...limits })

/** A body that is taken more slowly than this, over a minute of waiting for the connection, is not waited for. */
export const leastRate = { bytesPerSecond: 1024, windowMs: 60_000 }

/** Ends a request that takes too long; `expired` is a sentence that names the limit. */
export class RequestTimer {
  readonly #limits: TimeLimits
  readonly #end: () => void
  readonly #timers: Partial<Record<keyof TimeLimits, NodeJS.Timeout>> = {}
  #closed = false
  expired: string | undefined

  constructor(limits: TimeLimits, end: () => void) {
    this.#limits = limits
    this.#end = end
  }

  /** Starts a limit, or starts it again. */
  start(limit: keyof TimeLimits): void {
    this.stop(limit)
    if (this.#closed) return
    const ms = this.#limits[limit]
    this.#timers[limit] = setTimeout(() => this.expire(sentences[limit](ms / 1000)), ms)
  }

  stop(limit: keyof TimeLimits): void {
    clearTimeout(this.#timers[limit])
  }

  /** Ends the request for a reason. */
  expire(reason: string): void {
    this.expired ??= reason
    this.#end()
  }

  /** Stops for good: a body that is still making its next piece would start it again, and keep the process alive. */
  close(): void {
    this.#closed = true
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
  }
}

const sentences: Record<keyof TimeLimits, (seconds: number) => string> = {
  connectMs: (seconds) => `no connection within ${seconds} s`,
  idleMs: (seconds) => `nothing moved on the connection for ${seconds} s`,
  totalMs: (seconds) => `no whole answer within ${seconds} s`,
}

/** Measures how fast a body is taken: by the time that the connection needs, not that the body is made in. */
export class RateMeter {
  readonly #least: typeof leastRate
  #bytes = 0
  #waitedMs = 0

  constructor(least = leastRate) {
    this.#least = least
  }

  /** Counts a piece; false where a whole window has passed with less than the least rate. */
  count(bytes: number, waitedMs: number): boolean {
    this.#bytes += bytes
    this.#waitedMs += waitedMs
    if (this.#waitedMs < this.#least.windowMs) return true
    const isEnough = this.#bytes >= (this.#least.bytesPerSecond * this.#waitedMs) / 1000
    this.#bytes = 0
    this.#waitedMs = 0
    return isEnough
  }
}
