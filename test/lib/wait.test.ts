import { describe, expect, it } from 'vitest'
import { TimeoutError } from '../../lib/errors.ts'
import { type Clock, waitUntil } from '../../lib/wait.ts'

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
})
