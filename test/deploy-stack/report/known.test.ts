import { describe, expect, it } from 'vitest'
import type { StackResult } from '../../../actions/deploy-stack/apply/outcome.ts'
import { describeDestruction, reportDestroyed } from '../../../actions/deploy-stack/report/destroy.ts'
import { describeDeployment } from '../../../actions/deploy-stack/report/report.ts'

const change = { action: 'Add', logicalId: 'A', type: 'T', replacement: '' }
const created: StackResult = {
  ...{ key: 'a', stackName: 'p-a', startedAt: 0, seconds: 2 },
  outcome: { kind: 'created', outputs: new Map([['Out', '1']]), changes: [change] },
}

describe('a deployment that ends early', () => {
  const steps = ['p-a', 'p-b', 'p-c'].map((stackName) => ({ stackName }))
  const deployed = new Map()

  it('tells what is done, what is under way, what was not started, and what costs', () => {
    const operations = new Map([['p-b', 'CREATE_IN_PROGRESS']])
    const { details, ...known } = describeDeployment({ steps, deployed, results: [created], operations })
    expect(known).toEqual({
      title: 'Stacks',
      outputs: { outputs: '{"a":{"Out":"1"}}', changes: '1' },
      done: ['p-a: created'],
      notDone: ['p-b: under way', 'p-c: not started'],
      goesOn: ['p-b (CREATE_IN_PROGRESS)'],
      costs: ['the resources of p-a, created now'],
      report: {
        outputs: { a: { Out: '1' } },
        stacks: [{ key: 'a', stackName: 'p-a', result: 'created', seconds: 2, changes: [change] }],
      },
    })
    expect(details.markdown).toContain('| p-a | Add | A | T |')
  })

  it('before its first stack has nothing to show', () => {
    const { details, ...known } = describeDeployment({ steps, deployed, results: [], operations: new Map() })
    expect(details.markdown).toBe('')
    expect(known).toMatchObject({ done: [], costs: [], goesOn: [], outputs: { outputs: '{}', changes: '0' } })
  })

  it('is done with what it previewed, and with what needs no change', () => {
    const results: StackResult[] = [
      { ...created, outcome: { kind: 'previewed', changes: [], isNew: true } },
      { ...created, stackName: 'p-b', outcome: { kind: 'no-changes', outputs: new Map() } },
      { ...created, stackName: 'p-c', outcome: { kind: 'conflict', cause: 'busy' } },
    ]
    expect(describeDeployment({ steps, deployed, results, operations: new Map() })).toMatchObject({
      done: ['p-a: previewed', 'p-b: no-changes'],
      notDone: ['p-c: conflict'],
      costs: [],
      report: { stacks: [{}, {}, { cause: 'busy' }] },
    })
  })
})

describe('a destroy that ends early', () => {
  const stackNames = ['p-a', 'p-b', 'p-c']
  const result = (key: string, kind: 'destroyed' | 'absent' | 'failed') => ({
    ...{ key, stackName: `p-${key}`, kind, cause: kind === 'failed' ? 'in use' : '' },
    ...{ resources: 2, data: [], kept: kind === 'destroyed' ? ['bucket x'] : [] },
  })

  it('tells what is gone, what is left, what goes on, and what costs', () => {
    const results = [result('a', 'destroyed'), result('b', 'absent')]
    const operations = new Map([['p-c', 'DELETE_IN_PROGRESS']])
    const { details, ...known } = describeDestruction({ stackNames, results, operations })
    expect(known).toEqual({
      title: 'Stacks',
      outputs: { changes: '1' },
      done: ['p-a: destroyed', 'p-b: absent'],
      notDone: ['destroy p-c'],
      goesOn: ['p-c (DELETE_IN_PROGRESS)'],
      costs: ['bucket x'],
      report: { stacks: results },
    })
    expect(details.markdown.split('\n')).toEqual([
      '**1 destroyed, 1 absent**; 4 resources deleted.',
      '',
      '| stack | result | resources | data deleted | kept | cause |',
      '| --- | --- | ---: | --- | --- | --- |',
      '| p-a | destroyed | 2 |  | bucket x |  |',
      '| p-b | absent | 2 |  |  |  |',
    ])
  })

  it('before its first stack has nothing to show, and all still costs', () => {
    const { details, costs } = describeDestruction({ stackNames, results: [], operations: new Map() })
    expect(details.markdown).toBe('')
    expect(costs).toEqual(stackNames.map((name) => `what ${name} holds`))
  })

  it('has a stack that stays among those that are left', () => {
    const results = [result('a', 'failed')]
    const { report, failure } = reportDestroyed({ stackNames, results, operations: new Map() })
    expect(report).toMatchObject({ done: [], notDone: stackNames.map((name) => `destroy ${name}`) })
    expect(failure).toBe('p-a: in use; still costs: what p-a holds, what p-b holds, what p-c holds')
  })
})

it('a deployment names the image that the stacks had before', () => {
  const parameters = new Map([['ImageUri', 'app@sha256:old']])
  const deployed = new Map([
    ['storage', { name: 'p-storage', parameters: new Map() }],
    ['service', { name: 'p-service', parameters }],
  ])
  const { outputs } = describeDeployment({ steps: [], deployed, results: [], operations: new Map() })
  expect(outputs).toMatchObject({ 'previous-image-uri': 'app@sha256:old' })
})
