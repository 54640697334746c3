import { expect, it } from 'vitest'
import { formatPauseState, parsePauseState } from '../../../../lib/service/pause-state/format.ts'
import {
  type Bounds,
  equalBounds,
  newPauseState,
  type PauseState,
  pausedBounds,
  pauseStateKey,
} from '../../../../lib/service/pause-state/state.ts'

const at = '2026-11-23T20:00:00.000Z'
const author = { at, by: 'octocat', reason: 'night', runUrl: 'https://github.com/o/r/actions/runs/1' }
const place = { cluster: 'c', service: 's', place: 's3://b/k' }
const suspended = { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false }
const saved = {
  ...{ at, desired: 2, bounds: { min: 1, max: 4, suspended } },
  groups: [{ name: 'g', min: 0, desired: 2 }],
}
const state: PauseState = {
  ...newPauseState('c', 's'),
  ...{ phase: 'pausing', saved, change: author },
  wish: { ...author, id: 'x', operation: 'resume' },
  lock: { owner: 'y', operation: 'pause', runUrl: '', at, expiresAt: at },
  keepAwake: { ...author, until: at },
}

it.each([
  state,
  newPauseState('c', 's'),
  { ...state, phase: 'paused' as const, saved: { ...saved, bounds: undefined, groups: [] } },
  { ...state, saved: { ...saved, bounds: pausedBounds } },
])('reads back what it wrote', (each) => {
  expect(parsePauseState(formatPauseState(each), place)).toEqual(each)
})

const first = {
  version: 1,
  cluster: 'c',
  service: 's',
  savedAt: at,
  desired: 2,
  bounds: saved.bounds,
  groups: saved.groups,
}

it('reads version 1 as a pause by nobody that is known', () => {
  const change = { at, by: '', reason: '', runUrl: '' }
  expect(parsePauseState(JSON.stringify(first), place)).toEqual({
    ...newPauseState('c', 's'),
    ...{ phase: 'paused', saved, change },
  })
})

it.each([
  ['', 's3://b/k: expected JSON; restore an earlier version of this object'],
  ['null', 'state: expected an object'],
  [{ version: 3 }, 'version: expected 1 or 2, got 3; a newer release wrote it: update the action'],
  [{ version: 0 }, 'version: expected 1 or 2, got 0; restore an earlier version'],
  [{ version: '3' }, 'version: expected 1 or 2, got 3; restore an earlier version'],
  [{ version: '2' }, 'version: expected 1 or 2, got 2; restore an earlier version'],
  [{ service: 'other' }, 'service: expected s of c, got other of c'],
  [{ cluster: 1 }, 'cluster: expected a text'],
  [{ phase: 'gone' }, 'phase: expected one of running, pausing, paused, resuming, got "gone"'],
  [{ saved: undefined }, 'saved: expected numbers while pausing'],
  [{ saved: { ...saved, desired: 1e9 } }, 'saved.desired: expected a whole number up to 10000'],
  [{ saved: { ...saved, desired: -1 } }, 'saved.desired: expected a whole number'],
  [{ saved: { ...saved, bounds: null } }, 'saved.bounds: expected an object'],
  [
    { saved: { ...saved, bounds: { min: 0.5, max: 1, suspended } } },
    'saved.bounds.min: expected a whole number',
  ],
  [
    { saved: { ...saved, bounds: { min: 5, max: 3, suspended } } },
    'saved.bounds.max: expected 5 (the minimum) or more, got 3; restore an earlier version of this object',
  ],
  [{ saved: { ...saved, groups: {} } }, 'saved.groups: expected a list'],
  [{ saved: { ...saved, groups: [[]] } }, 'saved.groups: expected an object'],
  [{ change: { ...author, at: 'soon' } }, 'change.at: expected a time in ISO 8601'],
  [
    { lock: { ...state.lock, operation: 'run' } },
    'lock.operation: expected one of pause, resume, deploy, got "run"',
  ],
  [{ wish: { ...state.wish, id: 0 } }, 'wish.id: expected a text'],
  [{ keepAwake: { ...author, until: '' } }, 'keepAwake.until: expected a time'],
])('refuses %j', (odd, message) => {
  const text = typeof odd === 'string' ? odd : JSON.stringify({ ...state, ...odd })
  expect(() => parsePauseState(text, place)).toThrow(message)
})

/** Lists the places of all values of a document that are no objects. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]))
}

// What is not true of a suspended state is false.
const checked = leavesOf(JSON.parse(formatPauseState(state))).filter((path) => !path.includes('suspended'))

it.each(checked.map((path) => [path]))(
  'names the field of a wrong kind, by which nothing is resumed: %j',
  (path) => {
    const document = JSON.parse(formatPauseState(state))
    const last = path.at(-1) ?? ''
    path.slice(0, -1).reduce((parent, key) => parent[key], document)[last] = []
    const name = path.filter((key) => !/^\d+$/.test(key)).join('.')
    expect(() => parsePauseState(JSON.stringify(document), place)).toThrow(`s3://b/k: ${name}: expected `)
  },
)

it.each<[boolean, Bounds | undefined, Bounds | undefined]>([
  [true, undefined, undefined],
  [false, pausedBounds, undefined],
  [false, undefined, pausedBounds],
  [true, saved.bounds, structuredClone(saved.bounds)],
  [false, saved.bounds, { ...saved.bounds, min: 2 }],
  [false, saved.bounds, { ...saved.bounds, max: 5 }],
  [false, saved.bounds, { ...saved.bounds, suspended: { ...suspended, dynamicScalingIn: true } }],
  [false, saved.bounds, { ...saved.bounds, suspended: { ...suspended, dynamicScalingOut: false } }],
  [false, saved.bounds, { ...saved.bounds, suspended: { ...suspended, scheduledScaling: true } }],
])('takes bounds for the same: %s, of %j and %j', (same, a, b) => {
  expect(equalBounds(a, b)).toBe(same)
})

it('reads times of any zone as those of one, since they are compared as texts', () => {
  const text = JSON.stringify({ ...state, change: { ...author, at: '2026-11-24T05:00:00+09:00' } })
  expect(parsePauseState(text, place).change?.at).toBe(at)
})

it('keeps one object a service', () => {
  expect(pauseStateKey('c', 's')).toBe('pause/c/s.json')
})
