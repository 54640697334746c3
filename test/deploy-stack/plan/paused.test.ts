import { describe, expect, it } from 'vitest'
import { noSettings } from '../../../actions/deploy-stack/graph/stack-settings.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { parseValue } from '../../../actions/deploy-stack/graph/value.ts'
import {
  isLeftDown,
  keepBounds,
  listPausable,
  planBounds,
} from '../../../actions/deploy-stack/plan/paused.ts'
import type { Source, StackStep } from '../../../actions/deploy-stack/plan/plan.ts'
import { newPauseState, type PauseState } from '../../../lib/service/pause-state/state.ts'
import { saved } from '../../fixtures/pause-state.ts'

const template = `
Parameters:
  Paused: {Type: String, Default: 'false'}
  MinTasks: {Type: Number, Default: 1}
  MaxTasks: {Type: Number, Default: 4}
Conditions:
  IsPaused: !Equals [!Ref Paused, 'true']
Resources:
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      MinCapacity: !If [IsPaused, 0, !Ref MinTasks]
      MaxCapacity: !If [IsPaused, 0, !Ref MaxTasks]
`
const more = `  Second: {Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: {MinCapacity: 1, MaxCapacity: 2}}
`

const value = (text: string): Source => ({ kind: 'value', value: parseValue(text, 'here') })
const makeStep = (body = template): StackStep => ({
  ...{
    key: 'service',
    stackName: 'ddn-service',
    assets: new Map(),
    after: [],
    adoptions: [],
    capabilities: [],
  },
  settings: noSettings,
  template: parseTemplate(body, 'service.yml'),
  parameters: new Map<string, Source>([
    ['Paused', value('${paused:${prefix}-c/${prefix}-s}')],
    ['Other', value('${paused:${prefix}-c/${prefix}-s}${paused:c/t}')],
    ['MinTasks', { kind: 'previous-or-default', hasDefault: true }],
  ]),
})

it('lists the services that a stack must not wake, each once', () => {
  expect(listPausable(makeStep(), 'ddn')).toEqual([
    { cluster: 'ddn-c', service: 'ddn-s' },
    { cluster: 'c', service: 't' },
  ])
})

describe('the bounds of a deployment', () => {
  const bounds = (
    given: Record<string, string | undefined>,
    body = template,
    stack = new Map<string, string>(),
  ) =>
    planBounds(makeStep(body), new Map(Object.entries({ Paused: 'true', ...given })), { parameters: stack })

  it('are those that the service would have if it was not paused', () => {
    expect(bounds({})).toEqual({ min: 1, max: 4 })
    expect(bounds({ MinTasks: '2', MaxTasks: '6' })).toEqual({ min: 2, max: 6 })
  })

  it('keep what the stack has', () => {
    expect(bounds({ MaxTasks: undefined }, template, new Map([['MaxTasks', '9']]))).toEqual({
      min: 1,
      max: 9,
    })
  })

  it('are not known where a template has none, or several, or where only a deployment tells them', () => {
    const topic = 'Resources: {Topic: {Type: AWS::SNS::Topic}}'
    expect(bounds({}, topic)).toBeUndefined()
    expect(bounds({}, template + more)).toBeUndefined()
    expect(bounds({}, template.replace('!Ref MinTasks', '!GetAtt X.Y'))).toBeUndefined()
  })
})

describe('the bounds that a resume restores', () => {
  const state: PauseState = { ...newPauseState('c', 's'), phase: 'paused', saved }

  it('become those of a deployment, and nothing else changes', () => {
    for (const bounds of [
      { min: 2, max: 6 },
      { min: 1, max: 6 },
      { min: 2, max: 4 },
    ])
      expect(keepBounds(state, bounds)).toEqual({
        ...state,
        saved: { ...saved, bounds: { ...saved.bounds, ...bounds } },
      })
  })

  it('stay where they are the same, or where none are saved', () => {
    expect(keepBounds(state, { min: 1, max: 4 })).toBeUndefined()
    expect(
      keepBounds({ ...state, saved: { ...saved, bounds: undefined } }, { min: 2, max: 6 }),
    ).toBeUndefined()
    expect(keepBounds(newPauseState('c', 's'), { min: 2, max: 6 })).toBeUndefined()
    expect(keepBounds(undefined, { min: 2, max: 6 })).toBeUndefined()
  })
})

it.each([
  ['paused', 0, true],
  ['pausing', 0, true],
  ['paused', 1, false],
  ['paused', undefined, false],
  ['resuming', 0, true],
  ['resuming', 1, false],
  ['running', 0, false],
] as const)('a service that is %s, with desired count %s, is left down: %s', (phase, desired, expected) => {
  expect(isLeftDown({ ...newPauseState('c', 's'), phase, saved }, desired)).toBe(expected)
  expect(isLeftDown(undefined, desired)).toBe(false)
})
