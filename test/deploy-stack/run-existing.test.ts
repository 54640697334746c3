import { expect, it } from 'vitest'
import { ownTags } from '../../actions/deploy-stack/plan/adoption.ts'
import { AwsUserError } from '../../lib/aws/errors.ts'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { deploy } from '../fixtures/three-stacks.ts'

const named = (id: string, type: string, property: string, policy: string) => ({
  [id]: {
    Type: type,
    DeletionPolicy: policy,
    Properties: { [property]: type === 'AWS::ECS::Cluster' ? 'x' : { Ref: 'Name' }, Value: { Ref: 'Value' } },
  },
})
const body = JSON.stringify({
  Parameters: {
    Name: { Type: 'String', Default: 'ddn-base-data' },
    Value: { Type: 'String', Default: 'one' },
  },
  Resources: {
    ...named('Data', 'AWS::S3::Bucket', 'BucketName', 'Retain'),
    ...named('Cluster', 'AWS::ECS::Cluster', 'ClusterName', 'Delete'),
  },
})
const files = { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': body }
const existing = (key: string, tags = new Map()) => ({ files, existing: new Map([[key, tags]]) })

it('refuses before anything is made where a name is taken', async () => {
  const account = emptyStacks()
  await expect(deploy(account, existing('AWS::ECS::Cluster x'))).rejects.toThrow(
    'base: the ECS cluster "x" exists already',
  )
  await expect(
    deploy(account, { ...existing('AWS::S3::Bucket y'), inputs: { parameters: 'Name=y' } }),
  ).rejects.toThrow('allow: y')
  expect(account.stacks).toEqual([])
})

it('does not look at what a stack has', async () => {
  const account = emptyStacks()
  await deploy(account, { files })
  const asked: string[] = []
  const get = (name: string) => {
    asked.push(name)
    return new Map<string, string>()
  }
  const again = await deploy(account, { files, existing: { get } })
  expect([again.outputs.result, asked]).toEqual(['no-changes', []])
  const stack = findStack(account, 'ddn-base')
  stack?.existing.delete('Cluster')
  await expect(deploy(account, { files, existing: { get } })).rejects.toThrow('"x" exists already')
  // What is being made by others exists under its name, and is none of a stack yet.
  Object.assign(stack ?? {}, { status: 'UPDATE_IN_PROGRESS', steps: [] })
  const busy = await deploy(account, { files, existing: { get }, inputs: { 'wait-for-others': '1' } })
  expect([busy.outputs.result, asked]).toEqual(['conflict', ['AWS::ECS::Cluster x']])
})

it('adopts what is left, and tags what it makes', async () => {
  const account = emptyStacks()
  const left = existing('AWS::S3::Bucket ddn-base-data', new Map(ownTags('ddn', 'base')))
  const { lines, outputs } = await deploy(account, { ...left, inputs: { 'stack-tags': 'team=ml' } })
  expect(outputs.result).toBe('created')
  expect(lines).toContain('adopt the bucket ddn-base-data into ddn-base')
  const stack = findStack(account, 'ddn-base')
  expect(stack?.template?.resources.get('Data')?.properties).toContain('"BucketName":"ddn-base-data"')
  expect(stack?.tags).toEqual(new Map([['team', 'ml'], ...ownTags('ddn', 'base')]))
  expect((await deploy(account, { files })).outputs.result).toBe('no-changes')
})

it('warns where it is not allowed to look, and goes on', async () => {
  const denied = () => {
    throw new AwsUserError('no', new Error('no'), 'AccessDenied')
  }
  const account = emptyStacks()
  const { warnings, outputs } = await deploy(account, { files, existing: { get: denied } })
  expect(outputs.result).toBe('created')
  expect(warnings).toEqual([
    'base: cannot tell whether ddn-base-data exists already: no',
    'base: cannot tell whether x exists already: no',
  ])
})

it('warns in a destroy where it may not look for what was left behind, and fails where it cannot', async () => {
  const account = emptyStacks()
  await deploy(account, { files })
  const inputs = { mode: 'destroy', confirm: 'ddn', 'delete-data': 'true' }
  const failing = (error: Error) => ({
    get: () => {
      throw error
    },
  })
  const broken = deploy(account, { files, inputs, existing: failing(new Error('broken')) })
  await expect(broken.then(({ failure }) => failure ?? '', String)).resolves.toContain('broken')
  const denied = failing(new AwsUserError('no', new Error('no'), 'AccessDenied'))
  const { warnings, outputs } = await deploy(account, { files, inputs, existing: denied })
  expect(outputs.result).toBe('destroyed')
  expect(warnings).toEqual(['cannot tell whether ddn-base-data was left behind: no'])
})

it.each(['deploy', 'preview', 'destroy'] as const)(
  'refuses to %s a stack that only has the name of ours',
  async (mode) => {
    const account = emptyStacks()
    await deploy(account, { files })
    const stack = findStack(account, 'ddn-base')
    Object.assign(stack ?? {}, { tags: new Map(ownTags('other', 'base')) })
    const inputs = { mode, ...(mode === 'destroy' && { confirm: 'ddn' }) }
    const other = { files: { ...files, 'base.json': body.replace('one', 'two') } }
    await expect(deploy(account, { ...other, inputs })).rejects.toThrow(
      'ddn-base: a stack of this name exists and was not made by deploy-stack (its tag gpu-service-actions:prefix is not ddn)',
    )
    expect(stack?.status).toBe('CREATE_COMPLETE')
    const { outputs } = await deploy(account, { ...other, inputs: { ...inputs, allow: 'ddn-base' } })
    expect(outputs.result).toBe({ deploy: 'changed', preview: 'previewed', destroy: 'destroyed' }[mode])
  },
)

it('gives no other name to what holds data, and no other prefix, once it is deployed', async () => {
  const account = emptyStacks()
  const prefixed = {
    ...JSON.parse(body),
    Parameters: { ...JSON.parse(body).Parameters, Prefix: { Type: 'String' } },
  }
  const given = { files: { ...files, 'base.json': JSON.stringify(prefixed) } }
  await deploy(account, given)
  await expect(deploy(account, { ...given, inputs: { parameters: 'Name=other' } })).rejects.toThrow(
    'base: the bucket "ddn-base-data" holds data and cannot be renamed to "other" after the first deployment',
  )
  await expect(deploy(account, { ...given, inputs: { parameters: 'Prefix=other' } })).rejects.toThrow(
    'base: the parameter Prefix cannot change from "ddn" to "other" after the first deployment',
  )
  const { outputs } = await deploy(account, { ...given, inputs: { parameters: 'Value=two' } })
  expect(outputs.result).toBe('changed')
})

it.each(['deploy', 'preview'])(
  'names the import in a %s where a bucket of a loop was left behind',
  async (mode) => {
    const account = emptyStacks()
    const bucket = {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      Properties: { BucketName: 'ddn-${Name}' },
    }
    const looped = JSON.stringify({
      Transform: 'AWS::LanguageExtensions',
      Resources: { 'Fn::ForEach::Buckets': ['Name', ['one', 'two'], { 'B${Name}': bucket }] },
    })
    const left = existing('AWS::S3::Bucket ddn-one', new Map(ownTags('ddn', 'base')))
    const given = { ...left, files: { ...files, 'base.json': looped } }
    await expect(deploy(account, { ...given, inputs: { mode } })).rejects.toThrow(
      'got the bucket "ddn-one"; run mode: import first, with resources-to-import: base.Bone=ddn-one',
    )
    expect(account.stacks).toEqual([])
    const inputs = { mode: 'import', 'resources-to-import': 'base.Bone=ddn-one' }
    expect((await deploy(account, { ...given, inputs })).outputs.result).toBe('imported')
    const stack = findStack(account, 'ddn-base')
    expect(stack?.template?.resources.get('Bone')?.properties).toBe('{"BucketName":"ddn-one"}')
  },
)
