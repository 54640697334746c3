import { describe, expect, it } from 'vitest'
import { withoutPause } from '../../actions/deploy-stack/plan/pause-drift.ts'
import { emptyStacks } from '../fakes/cloudformation.ts'
import { act, deployed, files } from '../fixtures/three-stacks.ts'

const target = 'AWS::ApplicationAutoScaling::ScalableTarget'
const differ = (path: string, type = 'AWS::S3::Bucket') => ({
  ...{ logicalId: 'Data', physicalId: 'x', type },
  differences: path === '' ? [] : [{ path, expected: '1', actual: '0' }],
})
const inputs = { mode: 'drift' }

describe('a drift detection', () => {
  it('says for each stack whether something was changed beside CloudFormation', async () => {
    const drifts = { 'ddn-base': { found: [differ('/Tags/0')] }, 'ddn-app': { found: [differ('')] } }
    const calls: string[] = []
    const onCall = (name: string) => calls.push(name)
    const ended = await act(await deployed(), { inputs, drifts, onCall })
    expect(calls).toEqual(['describe', 'describe', 'describe'])
    expect(ended.outputs).toEqual({ result: 'drifted', changes: '2' })
    expect(ended.failure).toBeUndefined()
    expect(ended.lines).toContain('ddn-base: drifted: Data')
    expect(ended.lines).toContain('ddn-beside: in-sync')
    expect(ended.summary).toMatch(/\*\*2 of \d stacks drifted\*\*; \d+ differences\.\n\n\*\*Next\*\*: deploy/)
    expect(ended.summary).toContain('| ddn-base | Data | AWS::S3::Bucket | /Tags/0 | "1" | "0" |')
    expect(ended.summary).toContain('| ddn-app | Data | AWS::S3::Bucket | deleted |  |  |')
  })

  it('fails the step only where that is asked for, and something differs', async () => {
    const account = await deployed()
    const drifts = { 'ddn-base': { found: [differ('/Tags/0')] } }
    const strict = { ...inputs, 'fail-on-drift': 'true' }
    expect((await act(account, { inputs: strict, drifts })).failure).toBe(
      'drifted: ddn-base (Data); deploy what the template should have, or change it back',
    )
    const same = await act(account, { inputs: strict })
    expect([same.outputs.result, same.failure]).toEqual(['in-sync', undefined])
  })

  it('asks all stacks, also where one cannot be asked', async () => {
    const drifts = { 'ddn-base': { failure: 'denied' } }
    const ended = await act(await deployed(), { inputs, drifts })
    expect(ended.outputs.result).toBe('failed')
    expect(ended.failure).toBe('failed: ddn-base: denied')
    expect(ended.lines).toContain('ddn-beside: in-sync')
  })

  it('keeps what was found where some types cannot be compared, and knows absent stacks', async () => {
    const drifts = { 'ddn-base': { failure: 'some failed', found: [differ('/Tags/0')] } }
    expect((await act(await deployed(), { inputs, drifts })).outputs.result).toBe('drifted')
    const calls: string[] = []
    const onCall = (name: string) => calls.push(name)
    const ended = await act(emptyStacks(), { inputs: { ...inputs, only: 'base' }, onCall })
    expect(ended.lines).toContain('ddn-base: absent')
    expect(calls).toEqual(['describe'])
  })

  it('does not count what the pause of a service changed', async () => {
    const paused = `stacks:
  base: {template: base.json, parameters: {Url: '\${paused:\${prefix}-c/s}'}}
  app: {template: app.json}
`
    const account = await deployed()
    const drifts = { 'ddn-app': { found: [differ('/MinCapacity', target)] } }
    const options = { inputs, drifts, files: { ...files, 'stacks.yml': paused } }
    expect((await act(account, options)).outputs.result).toBe('drifted')
    expect((await act(account, { ...options, paused: ['ddn-c/s'] })).outputs.result).toBe('in-sync')
  })
})

it('leaves out of drift exactly what a pause changes', () => {
  const mixed = { ...differ('/MinCapacity', target) }
  const both = {
    ...mixed,
    differences: [...mixed.differences, { path: '/RoleARN', expected: 'a', actual: 'b' }],
  }
  expect(withoutPause([mixed, both, differ('', target), differ('/MinCapacity')])).toEqual([
    { ...both, differences: both.differences.slice(1) },
    differ('', target),
    differ('/MinCapacity'),
  ])
})
