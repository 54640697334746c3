import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm'
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { askEc2 } from '../fixtures/ec2-query.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

/** Deploys the load balancer alone. */
async function deployBalancer(parameters: readonly string[] = [], account = localAws()) {
  const network = ['VpcId=vpc-00000001', 'AlbSubnetIds=subnet-00000001,subnet-00000002']
  const { outputs, lines } = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'load-balancer',
    parameters: [...network, ...parameters].join('\n'),
  })
  const stack: Record<string, string> = JSON.parse(outputs.outputs || '{}')['load-balancer'] ?? {}
  const errors = lines.filter((line) => line.startsWith('::error'))
  return { account, elb: new ElasticLoadBalancingV2Client(account.config), stack, errors }
}

/** Makes a bucket in a new account, to which load balancers may write. */
async function openLogBucket(Bucket: string) {
  const account = localAws()
  const s3 = new S3Client({ ...account.config, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket }))
  const Principal = { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }
  const Resource = `arn:aws:s3:::${Bucket}/*`
  const Statement = [{ Effect: 'Allow', Principal, Action: 's3:PutObject', Resource }]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  return account
}

/** Reads port and range of each rule that lets somebody in. */
async function readIngress(account: ReturnType<typeof localAws>): Promise<string[]> {
  const xml = await askEc2(account, 'DescribeSecurityGroups')
  const ingress = xml.matchAll(/<ipPermissions>(.*?)<\/ipPermissions>/gs)
  return [...ingress].flatMap(([, rules = '']) =>
    [...rules.matchAll(/<fromPort>(\d+)<.*?<cidrIp>([^<]+)</gs)].map(([, port, range]) => `${port} ${range}`),
  )
}

it('answers 503 as soon as the condition of its rule takes the methods of requests, and the same as before after that', async () => {
  const { account, elb, stack, errors } = await deployBalancer()
  expect(errors).toEqual([])
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`${account.balancerUrl(stack.DnsName ?? '')}${path}`, { method })
    return [answer.status, await answer.text()]
  }
  const setMethods = async (Values: string[]) => {
    const Conditions = [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values } }]
    await elb.send(new ModifyRuleCommand({ RuleArn: stack.PausedRuleArn, Conditions }))
  }
  const noRoute = [404, '{"message":"no such route"}']
  const unpaused = await ask('/inference', 'POST')
  expect(unpaused[1]).not.toContain('paused')
  expect(await ask('/other')).toEqual(noRoute)
  await setMethods(['GET', 'POST'])
  expect(await ask('/inference', 'POST')).toEqual([503, '{"paused":true}'])
  expect(await ask('/ping')).toEqual([503, '{"paused":true}'])
  await setMethods(['PAUSED'])
  expect(await ask('/other')).toEqual(noRoute)
  expect(await ask('/inference', 'POST')).toEqual(unpaused)
})

it('admits nobody but the API, unless ranges are given', async () => {
  const { account, stack } = await deployBalancer()
  expect(stack.ListenerPort).toBe('80')
  expect(await readIngress(account)).toEqual([])
})

it('admits each of the ranges, redirects to HTTPS, and logs to the bucket', async () => {
  const account = await openLogBucket('logs')
  const request = new RequestCertificateCommand({ DomainName: '*.example.com' })
  const { CertificateArn } = await new ACMClient(account.config).send(request)
  const parameters = [
    'Scheme=internet-facing',
    'AllowedCidrs=203.0.113.0/24,198.51.100.7/32',
    `CertificateArn=${CertificateArn}`,
    'AccessLogBucket=logs',
  ]
  const { elb, stack, errors } = await deployBalancer(parameters, account)
  expect(errors).toEqual([])
  const rules = ['443 203.0.113.0/24', '443 198.51.100.7/32', '80 203.0.113.0/24', '80 198.51.100.7/32']
  expect((await readIngress(account)).sort()).toEqual(rules.sort())
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}))
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }))
  const redirects = Listeners?.filter(({ Port }) => Port === 80).map(({ DefaultActions }) => DefaultActions)
  expect(Listeners?.map(({ Port, Protocol }) => `${Port} ${Protocol}`).sort()).toEqual([
    '443 HTTPS',
    '80 HTTP',
  ])
  expect(redirects?.[0]).toMatchObject([
    { RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
  ])
  const { Attributes } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }))
  expect(Attributes).toEqual(
    expect.arrayContaining([
      { Key: 'access_logs.s3.enabled', Value: 'true' },
      { Key: 'access_logs.s3.bucket', Value: 'logs' },
      { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
    ]),
  )
  expect(stack.ListenerPort).toBe('443')
})

it('refuses to face the internet without ranges, in a sentence', async () => {
  const { errors } = await deployBalancer(['Scheme=internet-facing'])
  expect(errors.join()).toContain(
    'An internet-facing load balancer needs AllowedCidrs, the address ranges that may call it.',
  )
})
