import { expect, it } from 'vitest'
import { AwsUserError } from '../../lib/aws/errors.ts'
import { emptyStacks } from '../fakes/cloudformation.ts'
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
