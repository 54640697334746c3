import { describe, expect, it } from 'vitest'
import { type StackOutcome, summarizeOutcomes } from '../../../actions/deploy-stack/apply/outcome.ts'
import { reportDestroyed } from '../../../actions/deploy-stack/report/destroy.ts'
import { renderNext } from '../../../actions/deploy-stack/report/next.ts'
import { renderPlan, reportPlanned, reportStacks } from '../../../actions/deploy-stack/report/report.ts'
import { renderSeconds, renderTable } from '../../../lib/markdown.ts'

const change = { action: 'Modify', logicalId: 'Thing', type: 'AWS::SNS::Topic', replacement: 'True' }
const outputs = new Map([['A', '1']])
const outcomes = {
  created: { kind: 'created', outputs, changes: [change, change] },
  changed: { kind: 'changed', outputs, changes: [change] },
  'no-changes': { kind: 'no-changes', outputs },
  previewed: { kind: 'previewed', changes: [change], isNew: false },
  'rolled-back': { kind: 'rolled-back', cause: 'no room' },
  'validation-failed': { kind: 'validation-failed', cause: 'no such property' },
  timeout: { kind: 'timeout', cause: 'too long' },
  conflict: { kind: 'conflict', cause: 'busy' },
  'not-started': { kind: 'not-started', cause: 'a ended with timeout' },
} satisfies Record<string, StackOutcome>
type Kind = keyof typeof outcomes

const resultOf = (kind: Kind, at: number) => ({
  key: `k${at}`,
  stackName: `ddn-k${at}`,
  outcome: outcomes[kind],
  ...{ startedAt: 0, seconds: 61 * at },
})
const resultsOf = (...kinds: Kind[]) => kinds.map(resultOf)
const reportOf = (...kinds: Kind[]) =>
  reportStacks({
    ...{ steps: resultsOf(...kinds), deployed: new Map() },
    ...{ results: resultsOf(...kinds), operations: new Map() },
  })

describe('the result of several stacks', () => {
  it.each<[string, Kind[]]>([
    ['no-changes', []],
    ['no-changes', ['no-changes', 'no-changes']],
    ['changed', ['no-changes', 'changed']],
    ['created', ['changed', 'created']],
    ['previewed', ['previewed']],
    ['conflict', ['created', 'conflict', 'timeout']],
    ['timeout', ['not-started', 'timeout', 'conflict']],
    ['rolled-back', ['created', 'not-started', 'rolled-back']],
    ['validation-failed', ['changed', 'validation-failed']],
  ])('is %s for %j', (result, kinds) => {
    expect(summarizeOutcomes(resultsOf(...kinds))).toBe(result)
    expect(reportOf(...kinds).outputs.result).toBe(result)
  })
})

it('reports deployments: outputs of those that succeeded, changes, and no failure', () => {
  const report = reportOf('created', 'changed', 'no-changes')
  const given = { k0: { A: '1' }, k1: { A: '1' }, k2: { A: '1' } }
  expect(report.outputs).toEqual({ result: 'created', outputs: JSON.stringify(given), changes: '3' })
  expect(report.failure).toBeUndefined()
  expect(report.report).toEqual({
    result: 'created',
    outputs: given,
    stacks: [
      { key: 'k0', stackName: 'ddn-k0', result: 'created', seconds: 0, changes: [change, change] },
      { key: 'k1', stackName: 'ddn-k1', result: 'changed', seconds: 61, changes: [change] },
      { key: 'k2', stackName: 'ddn-k2', result: 'no-changes', seconds: 122, changes: [] },
    ],
  })
  const right = ['changes', 'time']
  // Outputs and times follow.
  expect(report.summary.markdown).toContain(
    [
      '## Stacks: created',
      '',
      '**1 created, 1 changed, 1 unchanged**; 0 resources added, 0 modified, 3 replaced, 0 removed.',
      '',
      renderTable(
        ['stack', 'result', 'changes', 'time', 'cause'],
        [
          ['ddn-k0', 'created', '2', renderSeconds(0), ''],
          ['ddn-k1', 'changed', '1', renderSeconds(61), ''],
          ['ddn-k2', 'no-changes', '0', renderSeconds(122), ''],
        ],
        { right },
      ).markdown,
      '',
      renderTable(
        ['stack', 'action', 'resource', 'type', 'replacement'],
        ['ddn-k0', 'ddn-k0', 'ddn-k1'].map((stack) => [stack, 'Modify', 'Thing', 'AWS::SNS::Topic', 'True']),
      ).markdown,
    ].join('\n'),
  )
  expect(report.summary.markdown).toMatch(/\| ddn-k2 \| A \| 1 \|\n\n```mermaid\ngantt\n/)
})

it('reports failures by their causes, without those that did not start', () => {
  const { outputs, failure, summary, report } = reportOf('created', 'rolled-back', 'not-started', 'conflict')
  expect(outputs).toMatchObject({ outputs: JSON.stringify({ k0: { A: '1' } }), changes: '2' })
  expect(failure).toBe(
    'rolled-back: ddn-k1: no room; ddn-k3: busy; still costs: the resources of ddn-k0, created now',
  )
  expect(summary.markdown).toContain(
    '**1 created, 1 rolled-back, 1 not-started, 1 conflict**; 0 resources added',
  )
  expect(summary.markdown).toContain('a ended with timeout')
  expect(report).toMatchObject({ stacks: [{}, { cause: 'no room' }, { cause: 'a ended with timeout' }, {}] })
})

it('shows no table of changes where there are none', () => {
  const parts = reportOf('no-changes').summary.markdown.split('\n\n')
  expect(parts.slice(0, 2)).toEqual(['## Stacks: no-changes', '**1 unchanged**.'])
  expect(parts).toHaveLength(4)
})

it('folds the many changes of a first deployment behind their number', () => {
  const { markdown } = reportOf(...Array.from({ length: 6 }, () => 'created' as const)).summary
  expect(markdown).toMatch(/<details><summary>12 changes of resources<\/summary>\n\n\| stack \| action/)
})

it('says what to do next: call the addresses among the outputs, or make what was previewed', () => {
  const nextOf = (outcome: StackOutcome) => renderNext([{ ...resultOf('created', 0), outcome }]).markdown
  const urls = new Map([...outputs, ['ApiUrl', 'https://a.test/_x']])
  expect(nextOf({ kind: 'no-changes', outputs: urls })).toBe(
    '**Next**\n\n- call `https://a.test/_x` (ApiUrl of ddn-k0)',
  )
  expect(nextOf(outcomes.created)).toBe('')
  expect(nextOf({ ...outcomes.previewed, changes: [] })).toBe('')
  expect(nextOf(outcomes.previewed)).toContain('- mode `deploy` makes these changes')
  expect(nextOf({ ...outcomes.previewed, kept: true })).toContain('- mode `execute` with the output `review`')
})

it('renders a plan with what each stack waits for, and takes in', () => {
  const data = { logicalId: 'Data', type: 'AWS::S3::Bucket', name: 'x' }
  const steps = [
    { stackName: 'ddn-a', after: [], adoptions: [], capabilities: [] },
    { stackName: 'ddn-c', after: ['a', 'b'], adoptions: [data], capabilities: ['CAPABILITY_IAM' as const] },
  ]
  expect(renderPlan('preview', steps)).toEqual([
    'preview ddn-a',
    'preview ddn-c after a, b with CAPABILITY_IAM',
    'adopt the bucket x into ddn-c',
  ])
  expect(reportPlanned(['deploy ddn-a', 'deploy ddn-b'])).toEqual({
    outputs: { result: 'planned' },
    summary: { markdown: '## Planned deployment\n\n- deploy ddn-a\n- deploy ddn-b' },
    report: { result: 'planned', steps: ['deploy ddn-a', 'deploy ddn-b'] },
  })
})

describe('a destroy', () => {
  const results = (['destroyed', 'absent', 'failed', 'timeout'] as const).map((kind) => ({
    key: kind,
    stackName: `ddn-${kind}`,
    kind,
    cause: kind === 'destroyed' || kind === 'absent' ? '' : 'in use',
    ...{ resources: 3, data: ['bucket a'], kept: [] },
  }))
  const [destroyed = expect.fail(), absent = expect.fail(), failed = expect.fail(), timeout = expect.fail()] =
    results
  const reportOfDestroy = (...ended: typeof results) =>
    reportDestroyed({
      stackNames: ended.map(({ stackName }) => stackName),
      results: ended,
      operations: new Map(),
    })

  it('is reported as destroyed, also where some stack was not there', () => {
    const { outputs, failure, summary, report } = reportOfDestroy(destroyed, absent, destroyed)
    expect(outputs).toEqual({ result: 'destroyed', changes: '2' })
    expect(failure).toBeUndefined()
    expect(report).toEqual({ result: 'destroyed', stacks: [destroyed, absent, destroyed] })
    expect(summary.markdown).toContain('**2 destroyed, 1 absent**; 9 resources deleted.')
    expect(summary.markdown).toContain('\n| ddn-destroyed | destroyed | 3 | bucket a |  |  |\n')
  })

  it.each([failed, timeout])('is reported as $kind by the stack that stays', (stuck) => {
    const { outputs, failure } = reportOfDestroy(destroyed, stuck)
    expect(outputs).toEqual({ result: stuck.kind, changes: '1' })
    expect(failure).toBe(`${stuck.stackName}: in use; still costs: what ${stuck.stackName} holds`)
  })
})
