import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { escapeMarkdown } from '../../lib/markdown.ts'
import type { FakeStacks } from '../fakes/cloudformation/state.ts'
import { emptyStacks, fakeCloudFormation, findStack } from '../fakes/cloudformation.ts'
import { type DeploymentOptions, statusOf } from '../fixtures/deployment.ts'
import { act, complete, deploy, deployed, files, statuses, trouble } from '../fixtures/three-stacks.ts'

describe('a deployment', () => {
  it('works on as many stacks at a time as the input concurrency says', async () => {
    const begin = (line: string) => /^ddn-\w+: CREATE_IN_PROGRESS/.test(line)
    const end = (line: string) => /^ddn-\w+: created/.test(line)
    const mostAtATime = async (concurrency: string) => {
      const { lines } = await deploy(emptyStacks(), { inputs: { concurrency } })
      let [now, most] = [0, 0]
      for (const line of lines) {
        now += Number(begin(line)) - Number(end(line))
        most = Math.max(most, now)
      }
      return most
    }
    expect([await mostAtATime('1'), await mostAtATime('2')]).toEqual([1, 2])
  })

  it('learns the account from a stack that is there', async () => {
    const account = emptyStacks()
    const first = await deploy(account)
    const { knownBy } = await deploy(account)
    expect([first.knownBy, knownBy]).toEqual([undefined, findStack(account, 'ddn-base')?.arn])
  })

  it('creates what is not there, hands outputs on, and does nothing the second time', async () => {
    const account = emptyStacks()
    const first = await deploy(account)
    expect(first.outputs).toEqual({
      result: 'created',
      changes: '4',
      outputs: JSON.stringify({ base: { Out: 'one' }, app: { Out: 'one' }, beside: { Out: 'one' } }),
    })
    expect(statuses(account)).toEqual(complete)
    expect(findStack(account, 'ddn-app')?.template?.parameters.get('Url')).toBe('one')
    expect(first.roles).toEqual(['ecs.amazonaws.com'])
    expect(first.lines).toContain('created the service-linked role of ecs.amazonaws.com')
    expect(first.lines).toContain('ddn-base First (AWS::SSM::Parameter): CREATE_COMPLETE')
    expect(first.lines).toContain('ddn-base: created')
    const second = await deploy(account)
    expect(second.outputs).toMatchObject({
      result: 'no-changes',
      changes: '0',
      outputs: first.outputs.outputs,
    })
    expect(account.changeSets.size).toBe(0)
  })

  it('waits for its own operation where a read still shows the stack as it was', async () => {
    const account = await deployed()
    const lag = { stale: 5, step: 2 }
    const { outputs } = await deploy(account, { lag, inputs: { parameters: 'base.Value=two' } })
    expect(outputs.result).toBe('changed')
    expect(JSON.parse(outputs.outputs ?? '').base).toEqual({ Out: 'two' })
    expect(statusOf(account, 'ddn-base')).toMatch(/^UPDATE_COMPLETE/)
    expect(findStack(account, 'ddn-app')?.template?.parameters.get('Url')).toBe('two')
  })

  it('reports each stack with its changes, its time and its cause', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'update', reason: 'no room' })
    const { summary, report, failure } = await deploy(account, { inputs: { parameters: 'Value=two' } })
    expect(summary.split('\n')[0]).toBe('## Stacks: rolled-back')
    expect(summary).toMatch(/\| \[ddn-base\]\(\S+stackinfo\S+\) \| changed \| \[2\]\(\S+changesets\S+\) \|/)
    expect(summary).toContain('| ddn-base | Modify | First | AWS::SSM::Parameter | False |')
    const cause =
      'Server (AWS::ECS::Service): no room [UPDATE_ROLLBACK_COMPLETE: the stack is as it was before; correct the cause and run again]'
    expect(summary).toContain(`| ${escapeMarkdown(cause)} |`)
    expect(failure).toBe(
      `rolled-back: ddn-app: ${cause}; still costs: the resources of ddn-base, ddn-app, ddn-beside`,
    )
    expect(report).toMatchObject({
      result: 'rolled-back',
      stacks: [
        { key: 'base', stackName: 'ddn-base', result: 'changed', changes: [{}, {}] },
        { key: 'app', result: 'rolled-back', cause, changes: [] },
        { key: 'beside', result: 'changed' },
      ],
    })
    const [{ seconds = 0 } = {}] = (report as { stacks: { seconds?: number }[] }).stacks
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(60)
  })

  it('gives a template that is too large for the call by its address', async () => {
    const large = JSON.parse(files['base.json'])
    large.Description = 'x'.repeat(51_200)
    const body = JSON.stringify(large)
    const account = emptyStacks()
    const { outputs, objects } = await deploy(account, {
      files: { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': body },
    })
    expect(outputs.result).toBe('created')
    expect([...objects.values()].map(String)).toEqual([body])
    expect([...objects.keys()][0]).toMatch(/^templates\/[0-9a-f]{64}\.yml$/)
  })

  it('plans in a dry run, and writes nothing', async () => {
    const account = emptyStacks()
    const { outputs, report, roles } = await deploy(account, { inputs: { 'dry-run': 'true' } })
    expect(outputs).toEqual({ result: 'planned' })
    expect(report).toEqual({
      result: 'planned',
      steps: ['deploy ddn-base', 'deploy ddn-app after base', 'deploy ddn-beside'],
    })
    expect([account.stacks, roles]).toEqual([[], []])
  })
})

describe('a preview', () => {
  const preview = async (account: FakeStacks, options: Partial<DeploymentOptions> = {}) =>
    await act(account, { ...options, inputs: { mode: 'preview', ...options.inputs } })

  it('shows what would change, and leaves nothing behind', async () => {
    const account = await deployed()
    const before = statuses(account)
    const { outputs, summary } = await preview(account, { inputs: { parameters: 'base.Value=two' } })
    expect(outputs).toEqual({ result: 'previewed', changes: '2', outputs: '{}' })
    expect(summary).toContain('<summary>ddn-base: 2 changes</summary>')
    expect(summary).toContain('| Modify | First | AWS::SSM::Parameter |')
    expect(summary).toContain('Nothing would change in ddn-app, ddn-beside.')
    expect(account.changeSets.size).toBe(0)
    expect(statuses(account)).toEqual(before)
    expect((await deploy(account)).outputs.result).toBe('no-changes')
  })

  it('shows a stack that is not there from its template, and makes none', async () => {
    const account = emptyStacks()
    const { outputs, summary } = await preview(account)
    expect(outputs).toMatchObject({ result: 'previewed', changes: '4' })
    expect(summary).toContain('<summary>ddn-app: a new stack, 1 change</summary>')
    expect(summary).toContain('| Add | Server | AWS::ECS::Service |')
    expect(account.stacks).toEqual([])
  })

  it('uploads no asset', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'asset-'))
    writeFileSync(join(folder, 'index.js'), 'code')
    const stacks = `stacks: {base: {template: base.json, assets: {Code: ${relative(process.cwd(), folder)}}}}`
    const body = {
      Parameters: { CodeBucket: { Type: 'String' }, CodeKey: { Type: 'String' } },
      Resources: { Function: { Type: 'AWS::Lambda::Function', Properties: { Key: { Ref: 'CodeKey' } } } },
    }
    const given = { 'stacks.yml': stacks, 'base.json': JSON.stringify(body) }
    const account = emptyStacks()
    expect((await deploy(account, { files: given })).objects.size).toBe(1)
    writeFileSync(join(folder, 'index.js'), 'new code')
    const { outputs, objects } = await preview(account, { files: given })
    expect([outputs.result, outputs.changes, objects.size]).toEqual(['previewed', '1', 0])
  })

  it('says what validation finds wrong, and leaves no change set', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'validation', reason: 'no property Valeu' })
    const { outputs, failure } = await preview(account, { inputs: { parameters: 'app.Value=two' } })
    expect([outputs.result, failure]).toEqual([
      'validation-failed',
      'validation-failed: ddn-app: Server: no property Valeu',
    ])
    expect(account.changeSets.size).toBe(0)
  })
})

it.each(
  [0, 1, 2, 3, 4, 5].flatMap((after) => [
    { after, carriedOut: false },
    { after, carriedOut: true },
  ]),
)('goes on with a deployment that was cut at a write: %j', async (cut) => {
  const account = emptyStacks()
  expect((await deploy(account, { cut })).failure).toContain(': cut')
  // What CloudFormation was asked for goes on without us.
  for (const stack of account.stacks) while (stack.steps.length > 0) await settle(account)
  expect((await deploy(account)).failure).toBeUndefined()
  expect(statuses(account)).toEqual(complete)
})

const settle = async (account: FakeStacks) => {
  const { describe } = fakeCloudFormation(account, { lag: { step: 0 } })
  for (const { arn } of account.stacks) await describe(arn)
}
