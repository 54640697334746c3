import { expect, it, vi } from 'vitest'
import { type StoredLock, whileLocked } from '../../../lib/service/held-lock.ts'
import { formatLock, type Lock, makeLock, parseLock } from '../../../lib/service/lock.ts'
import { fakeClock } from '../../fakes/clock.ts'

const start = Date.parse('2026-11-23T20:00:00Z')
const actor = { id: 'me', operation: 'close', runUrl: '', at: '' }
const other = { ...actor, id: 'other' }

function openStored(lock?: Lock) {
  const stored = { lock, writes: 0 }
  const tagOf = () => stored.lock && formatLock(stored.lock)
  const adapter: StoredLock = {
    read: async () => stored.lock && { lock: stored.lock, tag: tagOf() ?? '' },
    write: async (next, tag) => {
      if (tag !== tagOf()) return undefined
      stored.lock = next
      stored.writes++
      return tagOf()
    },
  }
  return { stored, adapter }
}

function openWaiting() {
  const lines: string[] = []
  const log = { info: (line: string) => lines.push(line), warning: () => {}, mask: () => {} }
  const clock = fakeClock(start)
  return {
    clock,
    log,
    lines,
    signal: new AbortController().signal,
    what: 'the end of another run',
    timeoutSeconds: 60,
  }
}

const lose = (error: unknown) => {
  throw error
}

it('waits until a lock that nobody gives back ends by itself, and gives its own back', async () => {
  const { stored, adapter } = openStored(makeLock(other, start))
  const waiting = openWaiting()
  const work = async () => waiting.clock.now() - start
  expect(await whileLocked(adapter, actor, waiting, { work, lose })).toBeGreaterThanOrEqual(40_000)
  expect(waiting.lines).toEqual(['wait until close by other is over'])
  expect(stored.lock).toMatchObject({ owner: 'me', expiresAt: new Date(waiting.clock.now()).toISOString() })

  const held = openStored(makeLock(other, start + 60_000))
  const never = whileLocked(held.adapter, actor, openWaiting(), { work, lose })
  await expect(never).rejects.toThrow(
    'the end of another run: wait until close by other is over: not settled after 60 s',
  )
})

it('renews the lock once for calls at the same time, and only where it ends soon', async () => {
  const { stored, adapter } = openStored()
  const waiting = openWaiting()
  await whileLocked(adapter, actor, waiting, {
    lose,
    work: async (hold) => {
      await hold()
      expect(stored.writes).toBe(1)
      await waiting.clock.sleep(20_000)
      await Promise.all([hold(), hold(), hold()])
      expect(stored.writes).toBe(2)
      expect(stored.lock).toEqual(makeLock(actor, start + 20_000))
    },
  })
})

it('ends where another run has taken the lock over: at the next call, or when it is renewed meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const { stored, adapter } = openStored()
    const waiting = openWaiting()
    const lost = new Promise<unknown>((resolve) => {
      const work = async (hold: () => Promise<void>) => {
        await waiting.clock.sleep(41_000)
        stored.lock = makeLock(other, waiting.clock.now())
        await expect(hold()).rejects.toThrow('another run has taken over the lock of this one; run it again')
        vi.advanceTimersByTime(5_000)
        await lost
      }
      whileLocked(adapter, actor, waiting, { work, lose: resolve }).catch(resolve)
    })
    expect(String(await lost)).toContain('has taken over')
    await new Promise(setImmediate)
    expect([stored.lock?.owner, waiting.lines]).toEqual([
      'other',
      ['the lock ends by itself: another run has taken over the lock of this one; run it again'],
    ])
  } finally {
    vi.useRealTimers()
  }
})

it('waits for another job of the same workflow run', async () => {
  const runUrl = 'https://github.com/o/r/actions/runs/1'
  const { adapter } = openStored(makeLock({ ...other, runUrl }, start))
  const waiting = openWaiting()
  const work = async () => waiting.clock.now() - start
  expect(await whileLocked(adapter, { ...actor, runUrl }, waiting, { work, lose })).toBeGreaterThan(39_000)
})

it('is not lost where a renewal fails, and not taken again once it was given back', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const { stored, adapter } = openStored()
    const waiting = openWaiting()
    const write = vi.fn(adapter.write)
    const work = async (hold: () => Promise<void>) => {
      await waiting.clock.sleep(20_000)
      write.mockRejectedValueOnce(new Error('503'))
      await vi.advanceTimersByTimeAsync(10_000)
      expect(stored.lock).toEqual(makeLock(actor, start + 20_000))
      return hold
    }
    const hold = await whileLocked({ ...adapter, write }, actor, waiting, { work, lose })
    expect(write).toHaveBeenCalledTimes(4)
    await expect(hold()).rejects.toThrow('given back')
  } finally {
    vi.useRealTimers()
  }
})

it('is read from its object, unless that holds something else', () => {
  const lock = makeLock(actor, start)
  expect(parseLock(formatLock(lock))).toEqual(lock)
  for (const text of ['', 'null', '{}', '{"owner":"me"}', '[]']) expect(parseLock(text)).toBeUndefined()
})
