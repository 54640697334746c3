import { expect, it } from 'vitest'
import { AwsUserError } from '../../lib/aws/errors.ts'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { runDeployment, statusOf } from '../fixtures/deployment.ts'

const app = JSON.stringify({
  Metadata: {
    Constraints: [
      { Parameter: 'Subnets', LeastZones: 2 },
      { Parameter: 'Type', GpuQuota: { First: 'Count', Most: 'Count' } },
    ],
  },
  Parameters: {
    Subnets: { Type: 'String', Default: 'a,b' },
    Type: { Type: 'String', Default: 'g4dn.xlarge' },
    Count: { Type: 'Number', Default: 2 },
  },
  Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
})
const files = { 'stacks.yml': 'stacks: {app: {template: app.json}}', 'app.json': app }
const subnet = (id: string, zone: string) => ({ id, vpc: 'v', zone, zoneId: zone })
const capacity = {
  describeSubnets: async () => [subnet('a', 'z1'), subnet('b', 'z2')],
  listInstances: async () => [{ type: 'g5.xlarge', vcpus: 4 }],
  quotas: { read: async () => 12, listRequested: async () => [64] },
}

it.each(['deploy', 'preview'])('goes on in mode %s where the account has what it needs', async (mode) => {
  const { failure, warnings } = await runDeployment(emptyStacks(), { files, capacity, inputs: { mode } })
  expect([failure, warnings]).toEqual([undefined, []])
})

const short = { ...capacity, quotas: { ...capacity.quotas, read: async () => 8 } }

it('warns where not all instances can start, with what is used and asked for', async () => {
  const { failure, warnings } = await runDeployment(emptyStacks(), { files, capacity: short })
  expect(failure).toBeUndefined()
  expect(warnings).toEqual([
    expect.stringMatching(/only 1 of up to 2 g4dn.*, of which 4 are used; .*; a request for 64 is open$/),
  ])
})

const none = { ...capacity, quotas: { ...capacity.quotas, read: async () => 4 } }
const oneZone = { ...capacity, describeSubnets: async () => [subnet('a', 'z1'), subnet('b', 'z1')] }

it.each([
  ['deploy', none, 'no g4dn.xlarge can start'],
  ['preview', none, 'no g4dn.xlarge can start'],
  ['deploy', oneZone, 'at least 2 different zones'],
])('makes nothing in mode %s where the account lacks something', async (mode, given, message) => {
  const account = emptyStacks()
  for (const more of [{}, { 'dry-run': 'true' }]) {
    const run = runDeployment(account, { files, capacity: given, inputs: { mode, ...more } })
    await expect(run).rejects.toThrow(message)
    expect(statusOf(account, 'ddn-app')).toBeUndefined()
  }
})

it.each([
  [
    'instance-type',
    'OfferedIn: Subnets',
    { listOfferedZones: async () => [] },
    'that is offered in ap-northeast-2',
  ],
  ['certificate', 'Certificate: true', {}, 'a certificate of ap-northeast-2 that exists'],
  ['log-destination', 'LogBucket: true', {}, 'a bucket of ap-northeast-2 that exists'],
  [
    'log-destination',
    'Subscribable: true',
    { subscriptions: { list: async () => undefined } },
    'a log group that',
  ],
])('switches the check %s of %s', async (name, rule, given, message) => {
  const template = `Metadata: {Constraints: [{Parameter: Name, ${rule}}]}
Parameters: {Name: {Type: String, Default: 'arn:aws:acm:ap-northeast-2:1:certificate/x'}, Subnets: {Type: String, Default: ''}}
Resources: {Topic: {Type: AWS::SNS::Topic}}`
  const run = async (checks: string) =>
    await runDeployment(emptyStacks(), {
      files: { ...files, 'app.json': template },
      capacity: given,
      inputs: { mode: 'preview', checks },
    })
  await expect(run('')).rejects.toThrow(`parameters: app.Name: expected`)
  await expect(run('')).rejects.toThrow(message)
  expect((await run(`${name}=warning`)).warnings).toEqual([expect.stringContaining(message)])
  expect((await run(`${name}=off`)).warnings).toEqual([])
})

it('warns where the credentials end before the time-out, and refuses or says nothing where that is asked for', async () => {
  const env = { AWS_CREDENTIAL_EXPIRATION: '2001-01-01T00:00:00Z' }
  const run = async (checks: string) =>
    await runDeployment(emptyStacks(), { files, capacity, env, inputs: { checks } })
  const text = 'timeout-minutes: expected at most the 0 min for which the credentials are valid, got 60'
  expect((await run('')).warnings).toEqual([expect.stringContaining(text)])
  expect((await run('credentials=off')).warnings).toEqual([])
  await expect(run('credentials=error')).rejects.toThrow(text)
})

it('keeps an export that another stack imports', async () => {
  const template = (outputs: string) => `Resources: {Topic: {Type: AWS::SNS::Topic}}\nOutputs: {${outputs}}`
  const account = emptyStacks()
  const deployed = { ...files, 'app.json': template('Out: {Value: a, Export: {Name: shared}}') }
  await runDeployment(account, { files: deployed })
  const stack = findStack(account, 'ddn-app')
  if (stack) stack.exports = ['shared']
  account.imports.set('shared', ['other'])
  const changed = { ...files, 'app.json': template('') }
  for (const mode of ['preview', 'deploy']) {
    const run = runDeployment(account, { files: changed, inputs: { mode } })
    await expect(run).rejects.toThrow('ddn-app: its export shared would be removed, and is imported by other')
  }
  expect(statusOf(account, 'ddn-app')).toBe('CREATE_COMPLETE')
})

it('warns of each call that is denied, with the permission, and goes on', async () => {
  const deny = (action: string) => async () => {
    throw new AwsUserError(`${action}: denied; give the role the permission`, new Error('no'), 'AccessDenied')
  }
  const account = emptyStacks()
  const all = {
    describeSubnets: deny('ec2:DescribeSubnets'),
    listInstances: deny('ec2:DescribeInstances'),
    quotas: { read: deny('servicequotas:GetServiceQuota'), listRequested: deny('servicequotas:List') },
  }
  const first = await runDeployment(account, { files, capacity: all })
  expect(first.warnings).toEqual([
    'subnets: not checked: ec2:DescribeSubnets: denied; give the role the permission',
    'quota L-DB2E81BA: not checked: servicequotas:GetServiceQuota: denied; give the role the permission',
  ])
  const quotas = { ...all.quotas, read: async () => 8 }
  const second = await runDeployment(emptyStacks(), { files, capacity: { ...all, quotas } })
  expect(second.warnings.slice(1)).toEqual([
    expect.stringMatching(/^use of quota L-DB2E81BA: not checked: ec2:DescribeInstances: denied/),
    expect.stringMatching(/^requests for quota L-DB2E81BA: not checked: servicequotas:List: denied/),
  ])
  expect(statusOf(account, 'ddn-app')).toBe('CREATE_COMPLETE')
})

it('fails with what is no denial', async () => {
  const describeSubnets = async () => {
    throw new Error('throttled')
  }
  const run = runDeployment(emptyStacks(), { files, capacity: { ...capacity, describeSubnets } })
  await expect(run).rejects.toThrow('throttled')
})
