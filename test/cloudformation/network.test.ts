import { expect, it } from 'vitest'
import { askEc2, readElements } from '../fixtures/ec2-query.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

async function deployNetwork(only: string, parameters: readonly string[]) {
  const account = localAws()
  const { outputs, lines } = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only,
    parameters: parameters.join('\n'),
  })
  const errors = lines.filter((line) => line.startsWith('::error'))
  return { account, lines, errors, stacks: JSON.parse(outputs.outputs || '{}') }
}

const countNats = async (account: ReturnType<typeof localAws>) =>
  readElements(await askEc2(account, 'DescribeNatGateways'), 'natGatewayId').length

const endpointsOf = async (account: ReturnType<typeof localAws>) =>
  readElements(await askEc2(account, 'DescribeVpcEndpoints'), 'serviceName')
    .map((name) => name.replace('com.amazonaws.ap-northeast-2.', ''))
    .sort()

it.each([
  ['nat', 2, 1],
  ['nat-per-az', 2, 2],
  ['nat-per-az', 3, 3],
  ['endpoints', 3, 0],
])(
  'has egress %s in %i zones by %i NAT gateways, and always an endpoint of S3',
  async (egress, zones, nats) => {
    const { account, errors, stacks } = await deployNetwork('network', [`Egress=${egress}`, `Zones=${zones}`])
    expect(errors).toEqual([])
    expect(await countNats(account)).toBe(nats)
    expect(await endpointsOf(account)).toEqual(['s3'])
    const listed = (name: string) => new Set(stacks.network[name].split(',')).size
    expect([listed('PublicSubnetIds'), listed('PrivateSubnetIds'), listed('PrivateCidrs')]).toEqual([
      ...[zones, zones, zones],
    ])
  },
)

it('warns that a network without a NAT gateway needs the endpoints', async () => {
  const { lines } = await deployNetwork('network', ['Egress=endpoints'])
  expect(lines.filter((line) => line.startsWith('::warning')).join()).toContain(
    'endpoints.InterfaceEndpoints=true',
  )
})

it('has the endpoints of ECR, ECS and CloudWatch Logs, and in a network of the user also that of S3', async () => {
  const { account, errors } = await deployNetwork('endpoints', [
    ...[
      'VpcId=vpc-00000001',
      'TaskSubnetIds=subnet-00000001,subnet-00000002',
      'ClientCidrs=10.0.1.0/24,10.0.2.0/24',
    ],
    ...['RouteTableIds=rtb-1,rtb-2', 'SessionManager=true'],
  ])
  expect(errors).toEqual([])
  expect(await endpointsOf(account)).toEqual([
    ...['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'logs', 's3', 'ssm', 'ssmmessages'],
  ])
  const groups = await askEc2(account, 'DescribeSecurityGroups')
  const [, rules = ''] = /VPC endpoints, for.*?<ipPermissions>(.*?)<\/ipPermissions>/s.exec(groups) ?? []
  expect(readElements(rules, 'cidrIp')).toEqual(['10.0.1.0/24', '10.0.2.0/24'])
})
