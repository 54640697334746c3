import { describe, expect, it } from 'vitest'
import { type RetryPolicy, retry, startAttempts } from '../../lib/retry.ts'
import { fakeClock } from '../fakes/clock.ts'

const transient = new Error('transient')
const lasting = new Error('lasting')
const isTransient = (error: unknown) => error === transient

/** Runs work that fails with each of these errors in turn, and returns how it ended and the pauses it made. */
async function run(errors: Error[], { random = 1, ...policy }: Partial<RetryPolicy> & { random?: number }) {
  const left = [...errors]
  const pauses: number[] = []
  const clock = fakeClock()
  const sleep = async (milliseconds: number) => {
    pauses.push(milliseconds)
  }
  const backOff = {
    ...{ clock: { ...clock, sleep }, random: () => random, firstMs: 100, longestMs: 1_000 },
    ...policy.backOff,
  }
  let tries = 0
  const work = async () => {
    tries += 1
    const error = left.shift()
    if (error) throw error
    return 'done'
  }
  const end = await retry(work, { attempts: 4, isTransient, ...policy, backOff }).catch((error) => error)
  return { end, tries, pauses }
}

describe('a retry', () => {
  it('repeats work after transient errors until it succeeds', async () => {
    expect(await run([transient, transient], {})).toEqual({ end: 'done', tries: 3, pauses: [100, 200] })
  })

  it('ends with the last error after the given number of attempts', async () => {
    const { end, tries } = await run(Array(9).fill(transient), {})
    expect({ end, tries }).toEqual({ end: transient, tries: 4 })
    expect((await run([transient], { attempts: 1 })).end).toBe(transient)
  })

  it('ends at once with a lasting error', async () => {
    expect(await run([lasting], {})).toEqual({ end: lasting, tries: 1, pauses: [] })
    expect((await run([transient, lasting], {})).end).toBe(lasting)
  })

  it('draws each pause from a range that doubles up to a limit', async () => {
    const errors = Array(7).fill(transient)
    const { pauses } = await run(errors, { attempts: 9 })
    expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000])
    expect((await run(errors, { attempts: 9, random: 0.25 })).pauses.slice(0, 2)).toEqual([25, 50])
  })

  it('pauses at least as long as the error asks for', async () => {
    const backOff = {
      ...{ clock: fakeClock(), random: () => 0, firstMs: 1, longestMs: 1 },
      leastMs: () => 700,
    }
    const start = backOff.clock.now()
    const attempts = startAttempts({ attempts: 2, isTransient, backOff })
    await attempts.pauseAfter(transient)
    expect(backOff.clock.now() - start).toBe(700)
  })

  it('starts no attempt after an abort, and throws its reason', async () => {
    const reason = new Error('cancelled')
    expect(await run([transient], { signal: AbortSignal.abort(reason) })).toMatchObject({
      end: reason,
      tries: 1,
    })
  })
})

it('counts from the start again after progress', async () => {
  const attempts = startAttempts({ attempts: 2, isTransient })
  for (let round = 0; round < 3; round++) {
    await attempts.pauseAfter(transient)
    attempts.reset()
  }
  await attempts.pauseAfter(transient)
  await expect(attempts.pauseAfter(transient)).rejects.toBe(transient)
})
