import { describe, expect, it } from 'vitest'
import { type Lock, newPauseState, type PauseState } from '../../../../lib/service/pause-state/state.ts'
import { type Actor, decideTurn, isHeld, lasts, makeLock } from '../../../../lib/service/pause-state/turn.ts'

const now = Date.parse('2026-11-23T20:00:00.000Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const author = (seconds: number) => ({ at: at(seconds), by: '', reason: '', runUrl: '' })
const actor: Actor = { ...author(0), id: 'me', operation: 'pause' }
const lock = (more: Partial<Lock> = {}): Lock => ({
  ...{ owner: 'other', operation: 'pause', runUrl: '', at: at(-10), expiresAt: at(30), ...more },
})
const saved = { at: at(-99), desired: 1, bounds: undefined, groups: [] }

const rows: readonly (readonly [string, Partial<PauseState>, string])[] = [
  ['nobody is at work', {}, 'work'],
  ['the lock is its own', { lock: lock({ owner: 'me' }) }, 'work'],
  ['the lock has ended', { lock: lock({ expiresAt: at(-1) }) }, 'work'],
  ['another run is at work', { lock: lock() }, 'announce'],
  [
    'another run is at work on the opposite, asked for before',
    { lock: lock({ operation: 'resume' }) },
    'announce',
  ],
  ['a deployment is at work', { lock: lock({ operation: 'deploy', at: at(5) }) }, 'announce'],
  ['its own wish stands', { lock: lock(), wish: { ...author(0), id: 'me', operation: 'pause' } }, 'wait'],
  [
    'a later wish for the same stands',
    { lock: lock(), wish: { ...author(5), id: 'x', operation: 'pause' } },
    'wait',
  ],
  [
    'an earlier wish stands',
    { lock: lock(), wish: { ...author(-5), id: 'x', operation: 'resume' } },
    'announce',
  ],
  ['a later wish for the opposite stands', { wish: { ...author(5), id: 'x', operation: 'resume' } }, 'yield'],
  ['the opposite is at work, asked for later', { lock: lock({ operation: 'resume', at: at(5) }) }, 'yield'],
  ['the opposite was reached, asked for later', { change: author(5) }, 'yield'],
  ['the same was reached, asked for later', { change: author(5), phase: 'paused', saved }, 'work'],
  ['the opposite was reached before', { change: author(-5) }, 'work'],
  ['a later pause is on its way', { change: author(5), phase: 'pausing', saved }, 'work'],
]

it.each(rows)('a pause, where %s: %s', (_, state, turn) => {
  expect(decideTurn({ ...newPauseState('c', 's'), ...state }, actor, now)).toBe(turn)
})

it('a resume yields to a later pause, reached or on its way', () => {
  const resume = { ...actor, operation: 'resume' as const }
  for (const phase of ['pausing', 'paused'] as const) {
    expect(decideTurn({ ...newPauseState('c', 's'), change: author(5), phase, saved }, resume, now)).toBe(
      'yield',
    )
  }
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
