import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, expect, it } from 'vitest'
import { setControl } from '../fixtures/registry.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
const ec2 = new EC2Client(account.config)
let vpc = ''
let subnets: readonly string[] = []

beforeAll(async () => {
  const made = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  vpc = made.Vpc?.VpcId ?? ''
  const zones = ['ap-northeast-2a', 'ap-northeast-2b', 'ap-northeast-2b']
  subnets = await Promise.all(
    zones.map(async (AvailabilityZone, at) => {
      const input = { VpcId: vpc, AvailabilityZone, CidrBlock: `10.0.${at}.0/24` }
      return (await ec2.send(new CreateSubnetCommand(input))).Subnet?.SubnetId ?? ''
    }),
  )
})

/** Deploys load balancer and cluster, and expects that nothing is made: no stack, and no bucket for assets. */
async function deployRefused(tasks: readonly string[], mode = 'deploy', more = '') {
  const [first, second] = subnets
  const run = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    mode,
    only: 'load-balancer, cluster',
    parameters: `VpcId=${vpc}\nAlbSubnetIds=${first},${second}\nTaskSubnetIds=${tasks}\n${more}`,
  })
  const stacks = await new CloudFormationClient(account.config).send(new DescribeStacksCommand())
  expect(stacks.Stacks ?? []).toEqual([])
  const s3 = new S3Client({ ...account.config, forcePathStyle: true })
  expect((await s3.send(new ListBucketsCommand())).Buckets ?? []).toEqual([])
  return run.lines.filter((line) => line.startsWith('::error'))
}

it.each(['deploy', 'preview'])('is refused as %s where no GPU instance can start', async (mode) => {
  await setControl(account, 'ec2-capacity', { vcpuQuotas: { 'L-DB2E81BA': 0 } })
  expect(await deployRefused(subnets.slice(0, 2), mode)).toEqual([
    expect.stringMatching(
      /parameters: cluster\.InstanceType: no g4dn\.xlarge can start: each needs 4 vCPUs, and the quota "Running On-Demand G and VT instances" \(L-DB2E81BA\) of ap-northeast-2 is 0 vCPUs, of which 0 are used; ask for more at https:[^ ]+$/,
    ),
  ])
  await setControl(account, 'ec2-capacity', {})
})

it('is refused where the subnets lie in one zone', async () => {
  const [error, ...more] = await deployRefused(subnets.slice(1))
  expect(more).toEqual([])
  expect(error).toContain(
    `parameters: cluster.TaskSubnetIds: expected subnets in at least 2 different zones, got ${subnets[1]} in ap-northeast-2b, ${subnets[2]} in ap-northeast-2b`,
  )
})

it('is refused where a subnet is of another network, or of none', async () => {
  expect(await deployRefused([subnets[0] ?? '', 'subnet-00000002'])).toEqual([
    expect.stringContaining(`expected subnets of VpcId, ${vpc}, got subnet-00000002 of vpc-00000001`),
  ])
  expect(await deployRefused([subnets[0] ?? '', 'subnet-0aaaaaaa'])).toEqual([
    expect.stringContaining('expected subnets of ap-northeast-2 that exist, got subnet-0aaaaaaa'),
  ])
})

it.each([
  [
    'AccessLogBucket=nowhere-1',
    'load-balancer.AccessLogBucket: expected a bucket of ap-northeast-2 that exists',
  ],
  [
    'CertificateArn=arn:aws:acm:ap-northeast-2:111122223333:certificate/0a1b2c3d',
    'load-balancer.CertificateArn: expected a certificate of ap-northeast-2 that exists',
  ],
  [
    'InstanceType=g9.xlarge',
    'cluster.InstanceType: expected an instance type that is offered in ap-northeast-2',
  ],
])('is refused with %s', async (parameter, message) => {
  expect(await deployRefused(subnets.slice(0, 2), 'preview', parameter)).toEqual([
    expect.stringContaining(`parameters: ${message}, got`),
  ])
})
