import { expect, it } from 'vitest'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import type { DeploymentOptions } from '../fixtures/deployment.ts'
import { runDeployment } from '../fixtures/deployment.ts'
import { template } from '../fixtures/three-stacks.ts'

const body = template({ First: 'AWS::SSM::Parameter' })
const hidden = JSON.stringify({
  ...JSON.parse(body),
  Parameters: { Value: { Type: 'String', NoEcho: true }, Url: { Type: 'String', Default: '' } },
})
const deploy = async (stacks: string, options: Partial<DeploymentOptions> = {}, account = emptyStacks()) => {
  const files = { 'stacks.yml': stacks, 'a.json': body, 'hidden.json': hidden, ...options.files }
  return { account, ...(await runDeployment(account, { ...options, files })) }
}
const deployedValue = (account: ReturnType<typeof emptyStacks>, name = 'ddn-a') =>
  findStack(account, name)?.template?.parameters.get('Value')

it('gives values that AWS keeps, and masks secrets', async () => {
  const stored = {
    'ssm /size': { text: 'large', isSecret: false },
    'secret app': { text: '{"password": "hunter2"}', isSecret: true },
  }
  const plain = await deploy('stacks: {a: {template: a.json, parameters: {Value: {ssm: /size}}}}', { stored })
  expect([deployedValue(plain.account), plain.masked]).toEqual(['large', []])
  const secret = 'stacks: {a: {template: hidden.json, parameters: {Value: {secret: app, key: password}}}}'
  const hiding = await deploy(secret, { stored })
  expect([deployedValue(hiding.account), hiding.masked]).toEqual([
    'hunter2',
    ['{"password": "hunter2"}', 'hunter2'],
  ])
})

it.each([
  [
    'hidden.json',
    '{ssm: /none}',
    'parameters: a.Value: there is no parameter /none in this account and region',
  ],
  ['hidden.json', '{secret: app, key: other}', 'expected the secret app to be JSON with the key "other"'],
  [
    'a.json',
    '{secret: app}',
    'is a secret, and a.json does not hide the parameter; declare it with NoEcho: true',
  ],
])('refuses what it cannot give before anything is made: %s %s', async (file, value, message) => {
  const account = emptyStacks()
  const stored = { 'secret app': { text: '{}', isSecret: true } }
  const stacks = `stacks: {a: {template: ${file}, parameters: {Value: ${value}}}}`
  await expect(deploy(stacks, { stored }, account)).rejects.toThrow(message)
  expect(account.stacks).toEqual([])
})

it('sets termination protection and the policy, once', async () => {
  const stacks = 'stacks: {a: {template: a.json, termination-protection: true, stack-policy: p.json}}'
  const files = { 'p.json': '{"Statement": []}' }
  const first = await deploy(stacks, { files })
  expect(findStack(first.account, 'ddn-a')?.isProtected).toBe(true)
  expect(first.policies).toEqual(new Map([['ddn-a', '{"Statement": []}']]))
  expect(first.lines).toContain('ddn-a: termination protection is on')
  const again = await deploy(stacks, { files }, first.account)
  expect(again.lines).not.toContain('ddn-a: termination protection is on')
})

it('leaves termination protection and tags as they are where nothing is said', async () => {
  const stacks = 'stacks: {a: {template: a.json, termination-protection: true, tags: {Team: x}}}'
  const { account } = await deploy(stacks)
  const { outputs } = await deploy('stacks: {a: {template: a.json}}', {}, account)
  expect(outputs.result).toBe('no-changes')
  const stack = findStack(account, 'ddn-a')
  expect([stack?.isProtected, stack?.tags.get('Team')]).toEqual([true, 'x'])
})

it('lets CloudFormation work with the role of a stack, but not in a preview, which has its own rights', async () => {
  const role = 'arn:aws:iam::111122223333:role/make'
  const stacks = `stacks: {a: {template: a.json, role-arn: '${role}'}}`
  const roles: unknown[] = []
  const onCall = (name: string, request: unknown) => {
    if (name === 'createChangeSet') roles.push(Object(request).settings.roleArn)
  }
  const { account } = await deploy(stacks, { onCall })
  const inputs = { 'parameter-overrides': '', parameters: 'Value=two' }
  await deploy(stacks, { onCall, inputs: { ...inputs, mode: 'preview' } }, account)
  await deploy(stacks, { onCall, inputs }, account)
  expect(roles).toEqual([role, undefined, role])
})

it('takes tags of the inputs before those of the file', async () => {
  const stacks = 'stacks: {a: {template: a.json, tags: {Team: x, Cost: y}}}'
  const { account } = await deploy(stacks, { inputs: { 'stack-tags': 'Team=z' } })
  const tags = findStack(account, 'ddn-a')?.tags
  expect([tags?.get('Team'), tags?.get('Cost')]).toEqual(['z', 'y'])
  await expect(deploy(stacks, { inputs: { 'stack-tags': 'aws:x=y' } })).rejects.toThrow(
    'stack-tags: tag 1: expected a key without the prefix "aws:"',
  )
})

it('deploys one template alone', async () => {
  const inputs = { stacks: '', template: 'a.json', 'stack-name': 'Mine', 'parameter-overrides': 'Value=two' }
  const { account, outputs } = await deploy('', { inputs })
  expect(outputs).toMatchObject({ result: 'created', outputs: '{"Mine":{"Out":"two"}}' })
  expect(deployedValue(account, 'Mine')).toBe('two')
  const wrong = { ...inputs, 'parameter-overrides': 'Valeu=two' }
  await expect(deploy('', { inputs: wrong })).rejects.toThrow(
    'parameter-overrides: Valeu: a.json declares no parameter "Valeu"; did you mean "Value"',
  )
})

it('gives the prefix to templates of a graph, and to none that is deployed alone', async () => {
  const files = {
    'a.json': JSON.stringify({
      Parameters: { Prefix: { Type: 'String', Default: 'logs' } },
      Resources: { First: { Type: 'AWS::SSM::Parameter' } },
    }),
  }
  const prefixOf = (account: ReturnType<typeof emptyStacks>, name: string) =>
    findStack(account, name)?.template?.parameters.get('Prefix')
  const graph = await deploy('stacks: {a: {template: a.json}}', { files })
  expect(prefixOf(graph.account, 'ddn-a')).toBe('ddn')
  const alone = await deploy('', { files, inputs: { stacks: '', template: 'a.json', 'stack-name': 'Mine' } })
  expect(prefixOf(alone.account, 'Mine')).toBe('logs')
})

it('reads an overlay beside the file', async () => {
  const files = { 'stacks.prod.yml': 'stacks: {a: {parameters: {Value: three}}}' }
  const { account } = await deploy('stacks: {a: {template: a.json}}', { files, inputs: { overlay: 'prod' } })
  expect(deployedValue(account)).toBe('three')
})

it.each(['deploy', 'preview'])(
  'tells of a missing folder of an asset before any call, with mode %s',
  async (mode) => {
    const stacks = 'stacks: {a: {template: a.json}, b: {template: hidden.json, assets: {Value: nowhere}}}'
    const files = {
      'hidden.json': JSON.stringify({ ...JSON.parse(body), Parameters: { ValueKey: { Type: 'String' } } }),
    }
    for (const dryRun of ['true', 'false']) {
      const account = emptyStacks()
      const inputs = { mode, 'dry-run': dryRun }
      await expect(deploy(stacks, { files, inputs }, account)).rejects.toThrow(
        'assets: the folder nowhere does not exist',
      )
      expect(account.stacks).toEqual([])
    }
  },
)
