import { expect, it } from 'vitest'
import type { StackOutcome } from '../../../actions/deploy-stack/apply/outcome.ts'
import { reportStacks } from '../../../actions/deploy-stack/report/report.ts'

const result = (key: string, outcome: StackOutcome) => ({
  key,
  stackName: `p-${key}`,
  outcome,
  startedAt: 0,
  seconds: 1,
})
const steps = ['data', 'app', 'api'].map((key) => ({ stackName: `p-${key}` }))
const data = result('data', { kind: 'created', outputs: new Map([['Name', 'x']]), changes: [] })

it.each([
  ['timeout', 'stack p-app: not settled after 60 s'],
  ['cancelled', 'cancelled'],
  ['failed', 'connection lost'],
] as const)('tells of %s what was done, what was not, what goes on, and what costs', (kind, cause) => {
  const results = [data, result('app', { kind, cause }), result('api', { kind: 'not-started', cause: 'app' })]
  const operations = new Map([['p-app', 'UPDATE_IN_PROGRESS']])
  const deployed = new Map([
    ['app', { name: 'p-app' }],
    ['network', { name: 'p-network' }],
  ])
  const { outputs, report, failure, summary } = reportStacks({ steps, deployed, results, operations })
  expect(outputs).toEqual({ result: kind, outputs: '{"data":{"Name":"x"}}', changes: '0' })
  expect(report).toMatchObject({
    done: ['p-data: created'],
    notDone: [`p-app: ${kind}`, 'p-api: not-started'],
    goesOn: ['p-app (UPDATE_IN_PROGRESS)'],
    costs: ['the resources of p-data, created now', 'the resources of p-app, p-network'],
  })
  expect(failure).toContain(`${kind}: p-app: ${cause}; goes on in AWS: p-app (UPDATE_IN_PROGRESS)`)
  expect(summary.markdown).toContain(`## Stacks: ${kind}`)
})

it('reports a success without such lists', () => {
  const { outputs, report, failure } = reportStacks({
    ...{ steps: [], deployed: new Map([['app', { name: 'p-app' }]]) },
    ...{ results: [data], operations: new Map() },
  })
  expect([outputs.result, failure, Object.keys(report)]).toEqual([
    'created',
    undefined,
    ['result', 'outputs', 'stacks'],
  ])
})
