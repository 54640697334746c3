import { expect, it } from 'vitest'
import { isHeld } from '../../../../lib/service/lock.ts'
import {
  newPauseState,
  type PauseState,
  type ServiceLock,
} from '../../../../lib/service/pause-state/state.ts'
import { type Actor, decideTurn, withoutFuture } from '../../../../lib/service/pause-state/turn.ts'

const now = Date.parse('2026-11-23T20:00:00.000Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const author = (seconds: number) => ({ at: at(seconds), by: '', reason: '', runUrl: '' })
const actor: Actor = { ...author(0), id: 'me', operation: 'pause' }
const lock = (more: Partial<ServiceLock> = {}): ServiceLock => ({
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
  ['another run is at work on the same, asked for later', { lock: lock({ at: at(5) }) }, 'wait'],
  [
    'an earlier wish stands',
    { lock: lock(), wish: { ...author(-5), id: 'x', operation: 'resume' } },
    'announce',
  ],
  ['a later wish for the opposite stands', { wish: { ...author(5), id: 'x', operation: 'resume' } }, 'yield'],
  ['the opposite is at work, asked for later', { lock: lock({ operation: 'resume', at: at(5) }) }, 'yield'],
  ['the opposite was reached, asked for later', { change: author(5) }, 'yield'],
  ['the same was reached, asked for later', { change: author(5), phase: 'paused', saved }, 'work'],
  ['the opposite was reached, asked for at the same moment', { change: author(0) }, 'work'],
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

it('a state from tomorrow has no claim, and no lock outlasts those that are made', () => {
  const ahead = { ...author(86_400), id: 'x', operation: 'resume' as const }
  const state = { ...newPauseState('c', 's'), wish: ahead, change: ahead, lock: lock(ahead) }
  expect(withoutFuture(state, now)).toEqual(newPauseState('c', 's'))
  const soon = { ...newPauseState('c', 's'), change: author(60) }
  expect(withoutFuture(soon, now)).toEqual(soon)
  expect(isHeld(lock({ expiresAt: at(3_600) }), actor, now)).toBe(false)
})
