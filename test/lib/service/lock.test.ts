import { describe, expect, it } from 'vitest'
import { isHeld, type Lock, lasts, makeLock } from '../../../lib/service/lock.ts'

const now = Date.parse('2026-11-23T20:00:00.000Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const actor = { id: 'me', operation: 'pause', runUrl: '', at: at(0) }
const lock = (more: Partial<Lock> = {}): Lock => ({
  ...{ owner: 'other', operation: 'pause', runUrl: '', at: at(-10), expiresAt: at(30), ...more },
})

describe('a lock', () => {
  it('is taken over at once by another attempt of the same run, which is known by its URL', () => {
    const run = 'https://github.com/o/r/actions/runs/1'
    expect(isHeld(lock({ runUrl: run }), { id: 'me', runUrl: run }, now)).toBe(false)
    expect(isHeld(lock({ runUrl: run }), { id: 'me', runUrl: `${run}2` }, now)).toBe(true)
    expect(isHeld(lock({ runUrl: '' }), { id: 'me', runUrl: '' }, now)).toBe(true)
    expect(isHeld(undefined, { id: 'me', runUrl: '' }, now)).toBe(false)
  })

  it('outlasts the next call, or is renewed', () => {
    const own = makeLock(actor, now)
    expect(own).toEqual({ owner: 'me', operation: 'pause', runUrl: '', at: at(0), expiresAt: at(40) })
    expect([lasts(own, actor, now), lasts(own, actor, now + 17_000)]).toEqual([true, true])
    expect(lasts(own, actor, now + 19_000)).toBe(false)
    expect(lasts(lock(), actor, now)).toBe(false)
    expect(lasts(undefined, actor, now)).toBe(false)
  })
})
