import { expect, it } from 'vitest'
import {
  formatSavedState,
  parseSavedState,
  type SavedState,
  savedStateKey,
} from '../../../lib/service/saved-state.ts'

const state: SavedState = {
  version: 1,
  cluster: 'c',
  service: 's',
  savedAt: '2026-11-23T20:00:00.000Z',
  desired: 2,
  bounds: {
    min: 1,
    max: 4,
    suspended: { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false },
  },
  groups: [{ name: 'g', min: 0, desired: 2 }],
}

const suspended = { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: true }

it.each([
  state,
  { ...state, bounds: undefined, groups: [] },
  { ...state, bounds: { min: 0, max: 1, suspended } },
])('reads back what it wrote', (each) => {
  expect(parseSavedState(formatSavedState(each), 'here')).toEqual(each)
})

it.each([
  ['{', 's3://b/k: expected JSON'],
  [JSON.stringify({ ...state, version: 2 }), 's3://b/k: expected version 1, got 2'],
  [JSON.stringify({ ...state, desired: -1 }), 's3://b/k: desired: expected a whole number'],
  [JSON.stringify({ ...state, groups: {} }), 's3://b/k: groups: expected a list'],
  ['null', 's3://b/k: state: expected an object'],
])('refuses %s', (text, message) => {
  expect(() => parseSavedState(text, 's3://b/k')).toThrow(message)
})

it('keeps one object a service', () => {
  expect(savedStateKey('c', 's')).toBe('pause/c/s.json')
})

const bounds = { min: 1, max: 4, suspended: {} }

it.each([
  [{ cluster: 1 }, 'cluster: expected a text; restore an earlier version of this object'],
  [{ service: undefined }, 'service: expected a text'],
  [{ savedAt: 0 }, 'savedAt: expected a text'],
  [{ desired: 1.5 }, 'desired: expected a whole number'],
  [{ desired: '1' }, 'desired: expected a whole number'],
  [{ bounds: null }, 'bounds: expected an object'],
  [{ bounds: { ...bounds, suspended: 'x' } }, 'bounds.suspended: expected an object'],
  [{ bounds: { ...bounds, min: -1 } }, 'bounds.min: expected a whole number'],
  [{ bounds: { ...bounds, max: undefined } }, 'bounds.max: expected a whole number'],
  [{ groups: [1] }, 'groups: expected an object'],
  [{ groups: [{ name: 1, min: 0, desired: 0 }] }, 'groups.name: expected a text'],
  [{ groups: [{ name: 'g', min: 'x', desired: 0 }] }, 'groups.min: expected a whole number'],
  [{ groups: [{ name: 'g', min: 0 }] }, 'groups.desired: expected a whole number'],
])('refuses a state with %j', (odd, message) => {
  expect(() => parseSavedState(JSON.stringify({ ...state, ...odd }), 'here')).toThrow(`here: ${message}`)
})

it('takes zeros, and a flag that is not there for off', () => {
  const zero = { ...state, desired: 0, bounds: { min: 0, max: 0, suspended: { scheduledScaling: true } } }
  expect(parseSavedState(JSON.stringify(zero), 'here')).toEqual({
    ...state,
    desired: 0,
    bounds: {
      min: 0,
      max: 0,
      suspended: { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: true },
    },
  })
})
