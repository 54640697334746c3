import { expect, it } from 'vitest'
import { formatSavedState, parseSavedState, type SavedState } from '../../../lib/service/saved-state.ts'

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

it.each([state, { ...state, bounds: undefined, groups: [] }])('reads back what it wrote', (each) => {
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
