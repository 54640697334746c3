import { describe, expect, it } from 'vitest'
import { TimeoutError } from '../../lib/errors.ts'
import { type Clock, endBy, systemClock, waitUntil } from '../../lib/wait.ts'

function fakeClock(): Clock & { pauses: number[] } {
  let now = 0
  const pauses: number[] = []
  return {
    pauses,
    now: () => now,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds)
      now += milliseconds
    },
  }
}

describe('waitUntil', () => {
  it('gives what the look found', async () => {
    let looks = 0
    const look = async () => (++looks === 3 ? 'ready' : undefined)
    expect(await waitUntil(look, { what: 'it', timeoutSeconds: 60, clock: fakeClock() })).toBe('ready')
  })

  it('looks less and less often, up to the longest pause', async () => {
    const clock = fakeClock()
    const waiting = { what: 'it', timeoutSeconds: 20, clock, delaySeconds: 1, maxDelaySeconds: 2 }
    await expect(waitUntil(async () => undefined, waiting)).rejects.toThrow(TimeoutError)
    expect(clock.pauses.slice(0, 4)).toEqual([1000, 1500, 2000, 2000])
  })

  it('fails at the time-out and names what it waited for', async () => {
    const waiting = { what: 'service ddn', timeoutSeconds: 5, clock: fakeClock() }
    await expect(waitUntil(async () => undefined, waiting)).rejects.toThrow(
      'service ddn: not settled after 5 s',
    )
  })

  it('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'))
    const waiting = { what: 'it', timeoutSeconds: 5, clock: fakeClock(), signal }
    await expect(waitUntil(async () => undefined, waiting)).rejects.toThrow('cancelled')
  })

  it('ends when the time is up, also while a look does not come back', async () => {
    const clock = { ...fakeClock(), now: () => Date.now() }
    const waiting = { what: 'it', timeoutSeconds: 0, clock, shortestLookMs: 20 }
    await expect(waitUntil(() => new Promise(() => {}), waiting)).rejects.toThrow('it: not settled after 0 s')
  })

  it('stops at once when it is cancelled while a look does not come back', async () => {
    const abort = new AbortController()
    const waiting = { what: 'it', timeoutSeconds: 600, clock: fakeClock(), signal: abort.signal }
    const look = () => {
      abort.abort(new Error('cancelled'))
      return new Promise<undefined>(() => {})
    }
    await expect(waitUntil(look, waiting)).rejects.toThrow('cancelled')
  })

  it('looks again after a failure that is transient, until the time is up', async () => {
    const transient = { what: 'it', timeoutSeconds: 60, clock: fakeClock(), isTransient: () => true }
    let looks = 0
    const look = async () => {
      if (++looks < 10) throw new Error('throttled')
      return 'ready'
    }
    expect(await waitUntil(look, transient)).toBe('ready')
    const failing = () => Promise.reject(new Error('throttled'))
    await expect(waitUntil(failing, transient)).rejects.toThrow(
      'it: not settled after 60 s; the last look failed: throttled',
    )
  })

  it('ends with any other failure', async () => {
    const waiting = { what: 'it', timeoutSeconds: 60, clock: fakeClock(), isTransient: () => false }
    await expect(waitUntil(() => Promise.reject(new Error('denied')), waiting)).rejects.toThrow(/^denied$/)
  })
})

describe('endBy', () => {
  it('returns what the work came to', async () => {
    const limit = { what: 'it', deadline: 60_000, clock: fakeClock() }
    expect(await endBy(async () => 'done', limit)).toBe('done')
    await expect(endBy(() => Promise.reject(new Error('no')), limit)).rejects.toThrow(/^no$/)
  })

  it('fails at the deadline, and names the work', async () => {
    const limit = { what: 'step one', deadline: 0, clock: fakeClock(), graceMs: 20 }
    await expect(endBy(() => new Promise(() => {}), limit)).rejects.toThrow('step one: not settled after 0 s')
  })

  it('leaves the work the time up to the deadline', async () => {
    // A grace below zero, so that what is left is waited for in no time.
    const limit = { what: 'step one', deadline: 60_000, clock: fakeClock(), graceMs: 20 - 60_000 }
    await expect(endBy(() => new Promise(() => {}), limit)).rejects.toThrow(
      'step one: not settled after 60 s',
    )
  })
})

describe('the pauses of waitUntil', () => {
  const pausesOf = async (waiting: {
    timeoutSeconds: number
    delaySeconds?: number
    maxDelaySeconds?: number
  }) => {
    const clock = fakeClock()
    await expect(waitUntil(async () => undefined, { what: 'it', clock, ...waiting })).rejects.toThrow()
    return clock.pauses
  }

  it('begin with half a second, and grow to five, unless told otherwise', async () => {
    const pauses = await pausesOf({ timeoutSeconds: 60 })
    expect(pauses.slice(0, 8)).toEqual([500, 750, 1125, 1687.5, 2531.25, 3796.875, 5000, 5000])
  })

  it('never go beyond the time-out, and reach it', async () => {
    expect(await pausesOf({ timeoutSeconds: 3, delaySeconds: 1, maxDelaySeconds: 1 })).toEqual([
      1000, 1000, 1000,
    ])
    expect(await pausesOf({ timeoutSeconds: 0 })).toEqual([])
  })

  it('hand the signal on, so that a cancel ends them', async () => {
    const abort = new AbortController()
    const sleep = async (_: number, signal?: AbortSignal) => {
      abort.abort(new Error('cancelled'))
      signal?.throwIfAborted()
      throw new Error('slept on')
    }
    const waiting = { what: 'it', timeoutSeconds: 5, clock: { now: () => 0, sleep }, signal: abort.signal }
    await expect(waitUntil(async () => undefined, waiting)).rejects.toThrow('cancelled')
  })
})

describe('the clock of the machine', () => {
  it('tells the time, and sleeps until it is cancelled', async () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(10_000)
    await systemClock.sleep(1)
    const signal = AbortSignal.abort()
    await expect(systemClock.sleep(600_000, signal)).rejects.toThrow('aborted')
  })
})
