import { expect, it } from 'vitest'
import { ownTags } from '../../actions/deploy-stack/plan/adoption.ts'
import { AwsUserError } from '../../lib/aws/errors.ts'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { act, deploy, trouble } from '../fixtures/three-stacks.ts'

const body = (more: object = {}) =>
  JSON.stringify({
    Resources: {
      Data: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'Retain',
        Properties: { BucketName: 'ddn-base-data', BucketEncryption: 'on' },
      },
      ...more,
    },
    Outputs: { Out: { Value: 'x' } },
  })
const cluster = { Cluster: { Type: 'AWS::ECS::Cluster' } }
const files = { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': body(cluster) }
const bucket = 'AWS::S3::Bucket ddn-base-data'
const existing = new Map([[bucket, new Map<string, string>()]])
const inputs = { mode: 'import', 'resources-to-import': 'base.Data=ddn-base-data', 'stack-tags': 'team=ml' }
const options = { files, existing, inputs }
const line = 'import the bucket ddn-base-data into ddn-base as Data, by its BucketName'
const tags = new Map([['team', 'ml'], ...ownTags('ddn', 'base')])

it('imports what is named, and nothing else, so that the next deployment gives it its settings', async () => {
  const account = emptyStacks()
  const { outputs, lines, report } = await act(account, options)
  expect([outputs.result, outputs.changes]).toEqual(['imported', '1'])
  expect(lines).toContain(line)
  expect(report).toMatchObject({ stacks: [{ result: 'imported', changes: [{ action: 'Import' }] }] })
  const stack = findStack(account, 'ddn-base')
  expect([...(stack?.existing ?? [])]).toEqual([['Data', 'AWS::S3::Bucket']])
  expect(stack?.template?.resources.get('Data')?.properties).toBe('{"BucketName":"ddn-base-data"}')
  expect(stack?.tags).toEqual(tags)
  const { outputs: after } = await deploy(account, { files, existing })
  expect(after.result).toBe('changed')
  expect(stack?.template?.resources.get('Data')?.properties).toContain('BucketEncryption')
})

it('makes nothing in a dry run', async () => {
  const account = emptyStacks()
  const { outputs, report } = await act(account, { ...options, inputs: { ...inputs, 'dry-run': 'true' } })
  expect([outputs.result, report]).toEqual(['planned', { result: 'planned', steps: [line] }])
  expect(account.stacks).toEqual([])
})

it('finishes what was interrupted at any write, and does nothing where all is done', async () => {
  for (let after = 0; ; after += 1) {
    const account = emptyStacks()
    const cut = { after, carriedOut: true }
    const first = await act(account, { ...options, cut })
    const { outputs } = await act(account, options)
    expect(outputs.result, `after ${after} writes`).toMatch(/^(imported|changed|no-changes)$/)
    expect(findStack(account, 'ddn-base')?.tags).toEqual(tags)
    expect((await act(account, options)).outputs.result).toBe('no-changes')
    if (first.failure === undefined) break
  }
})

it('imports into a stack that is deployed, and leaves the rest of it as it is', async () => {
  const account = emptyStacks()
  const Parameters = { Size: { Type: 'String', Default: 'small' } }
  await deploy(account, {
    files: { ...files, 'base.json': JSON.stringify({ Parameters, Resources: cluster }) },
    inputs: { parameters: 'Size=large' },
  })
  // What the stack itself once had, too.
  const arn = findStack(account, 'ddn-base')?.arn ?? ''
  const own = new Map([[bucket, new Map([['aws:cloudformation:stack-id', arn]])]])
  expect((await act(account, { ...options, existing: own })).outputs.result).toBe('imported')
  expect([...(findStack(account, 'ddn-base')?.existing.keys() ?? [])]).toEqual(['Cluster', 'Data'])
  expect(findStack(account, 'ddn-base')?.template?.parameters.get('Size')).toBe('large')
})

it('says why CloudFormation imports nothing, and leaves no change set', async () => {
  const account = emptyStacks()
  trouble(account, 'Data', { at: 'validation', reason: 'not ours' })
  const { outputs, failure } = await act(account, options)
  expect([outputs.result, failure]).toEqual(['validation-failed', expect.stringContaining('not ours')])
  expect(account.changeSets.size).toBe(0)
})

it('refuses a stack of others, which holds more', async () => {
  const account = emptyStacks()
  await deploy(account, { files })
  Object.assign(findStack(account, 'ddn-base') ?? {}, { tags: new Map() })
  await expect(act(account, options)).rejects.toThrow('was not made by deploy-stack')
})

it('imports nothing that another stack has, unless that one is gone', async () => {
  const account = emptyStacks()
  const others = {
    'stacks.yml': 'stacks: {other: {template: o.json}}',
    'o.json': JSON.stringify({ Resources: cluster }),
  }
  await deploy(account, { files: others })
  const other = findStack(account, 'ddn-other')
  if (!other) return expect.fail('no stack')
  const tagged = new Map([[bucket, new Map([['aws:cloudformation:stack-id', other.arn]])]])
  await expect(act(account, { ...options, existing: tagged })).rejects.toThrow('ddn-other')
  other.status = 'DELETE_COMPLETE'
  expect((await act(account, { ...options, existing: tagged })).outputs.result).toBe('imported')
})

it('fails with what is no denial', async () => {
  const get = () => {
    throw new Error('throttled')
  }
  await expect(act(emptyStacks(), { ...options, existing: { get } })).rejects.toThrow('throttled')
})

it('leaves it to CloudFormation to look where the role may not', async () => {
  const denied = () => {
    throw new AwsUserError('no', new Error('no'), 'AccessDenied')
  }
  const { outputs, warnings } = await act(emptyStacks(), { ...options, existing: { get: denied } })
  expect(outputs.result).toBe('imported')
  expect(warnings).toContain('cannot tell whether ddn-base-data is there, and is in no other stack: no')
})

it('leaves characters beyond ASCII as they are, which CloudFormation does not give back', async () => {
  const account = emptyStacks()
  const topic = { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: '알림 “a”?' } } }
  const before = {
    ...files,
    'base.json': JSON.stringify({ Resources: topic, Outputs: { Out: { Value: 'x' } } }),
  }
  await deploy(account, { files: before })
  const { outputs, failure } = await act(account, {
    ...options,
    files: { ...files, 'base.json': body(topic) },
  })
  expect([outputs.result, failure]).toEqual(['imported', undefined])
  expect(findStack(account, 'ddn-base')?.template?.resources.get('Topic')?.properties).toContain('알림 “a”?')
})

it('makes nothing where no deployment of the template could follow', async () => {
  const account = emptyStacks()
  const wrong = { ...files, 'base.json': body({ 'my-topic': { Type: 'AWS::SNS::Topic' } }) }
  await expect(act(account, { ...options, files: wrong })).rejects.toThrow('got "my-topic"; rename it')
  expect(account.stacks).toEqual([])
})
