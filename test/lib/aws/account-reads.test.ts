import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { findLoadBalancers } from '../../../lib/aws/balanced-groups.ts'
import { makeDescribeCertificate } from '../../../lib/aws/certificates.ts'
import { makeClient } from '../../../lib/aws/client.ts'
import { makeMetrics } from '../../../lib/aws/cloudwatch.ts'
import { makeListInstances } from '../../../lib/aws/instances.ts'
import { makeEc2Quotas } from '../../../lib/aws/service-quotas.ts'
import { makeDescribeSubnets } from '../../../lib/aws/subnets.ts'
import { sendJson, sendXml, startAws } from '../../fixtures/aws-server.ts'

const instance = (type: string, more = '') =>
  `<item><instancesSet><item><instanceType>${type}</instanceType>${more}</item></instancesSet></item>`

it('lists instances of families, page by page, without those of Spot', async () => {
  const cpu = '<cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>'
  const cores = '<cpuOptions><coreCount>2</coreCount></cpuOptions>'
  const spot = instance('g5.xlarge', '<instanceLifecycle>spot</instanceLifecycle>')
  const pages = [
    `${instance('g4dn.xlarge', cpu)}</reservationSet><nextToken>n</nextToken>`,
    `${instance('vt1.3xlarge')}${instance('g5.xlarge', cores)}${spot}</reservationSet>`,
  ]
  const { config, calls } = await startAws((_, response, count) =>
    sendXml(
      response,
      200,
      `<DescribeInstancesResponse><reservationSet>${pages[count - 1]}</DescribeInstancesResponse>`,
    ),
  )
  expect(await makeListInstances(config)(['g', 'vt'])).toEqual([
    { type: 'g4dn.xlarge', vcpus: 4 },
    { type: 'vt1.3xlarge', vcpus: undefined },
    { type: 'g5.xlarge', vcpus: undefined },
  ])
  const [first, second] = calls.map(({ body }) => new URLSearchParams(body))
  const namesOf = [1, 2].map((at) => first?.get(`Filter.${at}.Name`))
  expect(namesOf).toEqual(['instance-state-name', 'instance-type'])
  const valuesOf = (at: number) => [1, 2].map((value) => first?.get(`Filter.${at}.Value.${value}`))
  expect([valuesOf(1), valuesOf(2)]).toEqual([
    ['pending', 'running'],
    ['g*', 'vt*'],
  ])
  expect(second?.get('NextToken')).toBe('n')
})

it('describes subnets that exist', async () => {
  const set =
    '<subnetSet><item><subnetId>s-1</subnetId><vpcId>v</vpcId><availabilityZone>a</availabilityZone><availabilityZoneId>z1</availabilityZoneId></item></subnetSet>'
  const { config, calls } = await startAws((_, response) =>
    sendXml(response, 200, `<DescribeSubnetsResponse>${set}</DescribeSubnetsResponse>`),
  )
  expect(await makeDescribeSubnets(config)(['s-1', 's-2'])).toEqual([
    { id: 's-1', vpc: 'v', zone: 'a', zoneId: 'z1' },
  ])
  const [asked] = calls.map(({ body }) => new URLSearchParams(body))
  expect([asked?.get('Filter.1.Name'), asked?.get('Filter.1.Value.2'), asked?.get('SubnetId.1')]).toEqual([
    'subnet-id',
    's-2',
    null,
  ])
})

it('describes certificates that exist', async () => {
  const Certificate = {
    Status: 'ISSUED',
    DomainName: 'a.b',
    SubjectAlternativeNames: ['a.b', '*.c'],
    NotAfter: 60,
  }
  const answers = [
    { Certificate },
    { Certificate: { Status: 'PENDING_VALIDATION', DomainName: 'a.b', Type: 'IMPORTED' } },
    { __type: 'ResourceNotFoundException', message: 'no' },
    { __type: 'InvalidArnException', message: 'no' },
    { __type: 'AccessDeniedException', message: 'no' },
  ]
  const { config } = await startAws((_, response, count) => {
    const answer = answers[count - 1] ?? {}
    sendJson(response, '__type' in answer ? 400 : 200, answer)
  })
  const describe = makeDescribeCertificate(config)
  const hostNames = ['a.b', '*.c']
  expect(await describe('arn')).toEqual({ status: 'ISSUED', hostNames, endsAt: 60_000, isImported: false })
  expect(await describe('arn')).toEqual({
    ...{ status: 'PENDING_VALIDATION', hostNames: ['a.b'] },
    ...{ endsAt: undefined, isImported: true },
  })
  expect([await describe('arn'), await describe('arn')]).toEqual(['missing', 'missing'])
  await expect(describe('arn-1')).rejects.toThrow('acm:DescribeCertificate: denied on arn-1; give the role')
})

it('reads a metric by the hour, at most 1,440 hours a call, and none behind the end', async () => {
  const [start, second, end] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 3, 5)]
  const { config, calls } = await startAws(({ body }, response) => {
    const { StartTime } = JSON.parse(body)
    sendJson(response, 200, { Datapoints: [{ Timestamp: StartTime, Sum: 7 }, { Sum: 1 }] })
  })
  const [namespace, dimensions] = ['AWS/ApiGateway', { ApiId: 'a' }]
  const metric = { namespace, name: 'Count', statistic: 'Sum', dimensions } as const
  expect([...(await makeMetrics(config).readHours(metric, start, end))]).toEqual([
    [start, 7],
    [second, 7],
  ])
  const asked = {
    ...{ Namespace: 'AWS/ApiGateway', MetricName: 'Count', Period: 3600, Statistics: ['Sum'] },
    Dimensions: [{ Name: 'ApiId', Value: 'a' }],
  }
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
    { ...asked, StartTime: start / 1000, EndTime: second / 1000 },
    { ...asked, StartTime: second / 1000, EndTime: end / 1000 },
  ])
})

it('finds the load balancers of target groups, each asked about once', async () => {
  const groups =
    '<TargetGroups><member><TargetGroupArn>arn:a</TargetGroupArn><LoadBalancerArns><member>arn:lb</member></LoadBalancerArns></member><member><TargetGroupArn>arn:b</TargetGroupArn></member></TargetGroups>'
  const { config, calls } = await startAws((_, response) =>
    sendXml(
      response,
      200,
      `<DescribeTargetGroupsResponse><DescribeTargetGroupsResult>${groups}</DescribeTargetGroupsResult></DescribeTargetGroupsResponse>`,
    ),
  )
  const client = makeClient(ElasticLoadBalancingV2Client, config)
  expect(await findLoadBalancers(client, ['arn:a', 'arn:b', 'arn:a'])).toEqual([
    { targetGroup: 'arn:a', loadBalancers: ['arn:lb'] },
    { targetGroup: 'arn:b', loadBalancers: [] },
  ])
  const fields = [...new URLSearchParams(calls[0]?.body)].filter(([name]) =>
    name.startsWith('TargetGroupArns'),
  )
  expect(fields.map(([, arn]) => arn)).toEqual(['arn:a', 'arn:b'])
})

describe('the quotas of EC2', () => {
  const serve = async (answers: Record<string, object>) => {
    const { config, calls } = await startAws(({ operation }, response) =>
      sendJson(response, '__type' in (answers[operation] ?? {}) ? 400 : 200, answers[operation] ?? {}),
    )
    return { quotas: makeEc2Quotas(config), calls }
  }

  it('have the value that is applied, or the default', async () => {
    const applied = await serve({ GetServiceQuota: { Quota: { Value: 0 } } })
    expect(await applied.quotas.read('L-1')).toBe(0)
    expect(JSON.parse(applied.calls[0]?.body ?? '')).toEqual({ ServiceCode: 'ec2', QuotaCode: 'L-1' })
    const missing = { __type: 'NoSuchResourceException', message: 'no' }
    const byDefault = await serve({
      GetServiceQuota: missing,
      GetAWSDefaultServiceQuota: { Quota: { Value: 8 } },
    })
    expect(await byDefault.quotas.read('L-1')).toBe(8)
    expect(JSON.parse(byDefault.calls[1]?.body ?? '')).toEqual({ ServiceCode: 'ec2', QuotaCode: 'L-1' })
    const denied = await serve({ GetServiceQuota: { __type: 'AccessDeniedException', message: 'no' } })
    await expect(denied.quotas.read('L-1')).rejects.toThrow('servicequotas:GetServiceQuota: denied')
    const empty = await serve({})
    await expect(empty.quotas.read('L-1')).rejects.toThrow('quota L-1: expected a value, got none')
  })

  it('have requests, of which only open ones count', async () => {
    const statuses = [
      'PENDING',
      'CASE_OPENED',
      'APPROVED',
      'DENIED',
      'CASE_CLOSED',
      'NOT_APPROVED',
      'INVALID_REQUEST',
    ]
    const RequestedQuotas = statuses.map((Status, at) => ({ Status, DesiredValue: at + 1 }))
    const { quotas, calls } = await serve({
      ListRequestedServiceQuotaChangeHistoryByQuota: { RequestedQuotas },
    })
    expect(await quotas.listRequested('L-1')).toEqual([1, 2])
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ ServiceCode: 'ec2', QuotaCode: 'L-1' })
  })
})
