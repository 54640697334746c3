import { describe, expect, it } from 'vitest'
import { isOurs, toSubject } from '../../actions/pause-resume/observe/glance.ts'
import type { ServiceState } from '../../actions/pause-resume/observe/state.ts'
import type { PauseState, ServiceLock } from '../../lib/service/pause-state/state.ts'
import { found, makeService, saved, suspended } from '../fixtures/pause-state.ts'

const now = Date.UTC(2026, 10, 23, 21)
const iso = (minute: number) => new Date(now + minute * 60_000).toISOString()
const pausedBounds = { min: 0, max: 0, suspended }
const change = { at: iso(-60), by: 'ann', reason: 'late', runUrl: '' }

const see = (more: Partial<ServiceState>, full: readonly string[] = []) =>
  toSubject(makeService(more), new Set(full), now)
const seePaused = (more: Partial<ServiceState> = {}, full: readonly string[] = []) =>
  see(
    {
      ...{ desired: 0, running: 0, bounds: pausedBounds },
      found: found({ phase: 'paused', saved, change }),
      ...more,
    },
    full,
  )

describe('what the calendar is asked about', () => {
  it.each([{ isDaemon: true }, { isExternal: true }, { isDraining: true }])(
    'is no service with %j',
    (more) => {
      expect([isOurs(makeService()), isOurs(makeService(more))]).toEqual([true, false])
    },
  )

  it('is what a pause has left behind: tasks, bounds, and instances of the groups that it saved', () => {
    expect(seePaused()).toMatchObject({ is: 'paused', phase: 'paused', change })
    expect(seePaused({ bounds: undefined }).phase).toBe('paused')
    expect(seePaused({}, ['other']).phase).toBe('paused')
    expect(seePaused({}, ['g']).phase).toBe('pausing')
    expect(seePaused({ running: 1, pending: 1 }).phase).toBe('pausing')
    expect(seePaused({ pending: 1 }).phase).toBe('pausing')
    expect(seePaused({ bounds: { ...pausedBounds, max: 1 } }).phase).toBe('pausing')
    expect(seePaused({ desired: 1 })).toMatchObject({ is: 'running', phase: 'paused' })
    expect(see({ desired: 0 })).toMatchObject({ is: 'at-zero', phase: 'running' })
  })
})

describe('what somebody asks for just now', () => {
  const lock: ServiceLock = { owner: 'run', operation: 'pause', runUrl: '', at: iso(-5), expiresAt: iso(1) }
  const ask = (state: Partial<PauseState>) => see({ found: found({ lock, change, ...state }) }).asked

  it('is what holds the lock, by whom the phase says', () => {
    expect(ask({ phase: 'pausing' })).toEqual({ operation: 'pause', at: lock.at, by: 'ann', reason: 'late' })
    expect(ask({ phase: 'running' })).toEqual({ operation: 'pause', at: lock.at, by: '', reason: '' })
    expect(ask({ phase: 'resuming', lock: { ...lock, operation: 'resume' } })?.by).toBe('ann')
  })

  it('is what was wished since', () => {
    const wish = { id: 'w', operation: 'resume' as const, at: iso(-4), by: 'bob', reason: '', runUrl: '' }
    expect(ask({ wish })).toEqual(wish)
    expect(ask({ wish: { ...wish, at: iso(-6) } })?.operation).toBe('pause')
  })

  it.each([
    ['without a lock', { lock: undefined }],
    ['for a deployment', { lock: { ...lock, operation: 'deploy' as const } }],
    ['whose run was killed', { lock: { ...lock, expiresAt: iso(0) } }],
  ])('is nothing %s', (_, state) => {
    expect(ask(state)).toBeUndefined()
  })
})
