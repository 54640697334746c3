import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAccountLimitsCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  DescribePullThroughCacheRulesCommand,
  ECRClient,
  InitiateLayerUploadCommand,
} from '@aws-sdk/client-ecr'
import { ECSClient, ListContainerInstancesCommand, UpdateTaskProtectionCommand } from '@aws-sdk/client-ecs'
import {
  DescribeCapacityReservationCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda'
import { GetBucketMetricsConfigurationCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalAws, startLocalAws } from '../../../scripts/local-aws-process.ts'
import { requireNoMissingApi } from '../../../scripts/missing-apis.ts'
import { type LocalAccount, localAws } from '../../local-aws.ts'

// A local AWS of this file's own: the shared one fails the test run where an operation is missing.
let aws: LocalAws
let account: LocalAccount
const logFile = join(mkdtempSync(join(tmpdir(), 'log-')), 'log')

beforeAll(async () => {
  aws = await startLocalAws({ logFile })
  account = localAws(aws.endpoint)
})
afterAll(async () => await aws.stop())

/** Sends what no SDK client that is installed here would. */
async function sendSigned(service: string, headers: Record<string, string>, body: string) {
  const credential = `${account.account}/20260101/${account.region}/${service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`
  const answer = await fetch(aws.endpoint, { method: 'POST', headers: { ...headers, authorization }, body })
  return [answer.status, await answer.text()] as const
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const missing = (operation: string) => ({
  name: 'NotImplemented',
  message: `${operation}: not in the local AWS`,
  $metadata: expect.objectContaining({ httpStatusCode: 501, attempts: 1 }),
})

it('names an operation that is not there, in the protocol of each service', async () => {
  const { config } = account
  const ecr = new ECRClient(config)
  await expect(ecr.send(new DescribePullThroughCacheRulesCommand({}))).rejects.toMatchObject(
    missing('ecr DescribePullThroughCacheRules'),
  )
  await expect(
    new AutoScalingClient(config).send(new DescribeAccountLimitsCommand({})),
  ).rejects.toMatchObject(missing('autoscaling DescribeAccountLimits'))
  const list = new ListEventSourceMappingsCommand({})
  const lambda = new LambdaClient({ ...config, endpoint: `${config.endpoint}/2015-03-31/nothing` })
  await expect(lambda.send(list)).rejects.toMatchObject(
    missing('lambda GET /2015-03-31/nothing/2015-03-31/event-source-mappings'),
  )
  const metrics = new GetBucketMetricsConfigurationCommand({ Bucket: 'bucket', Id: 'all' })
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  await expect(s3.send(metrics)).rejects.toMatchObject({ name: 'NotImplemented' })
})

it('names an operation of EC2, and a service that is not there', async () => {
  expect(await sendSigned('ec2', form, 'Action=DescribeMacHosts&Version=2016-11-15')).toEqual([
    501,
    expect.stringContaining('<Message>ec2 DescribeMacHosts: not in the local AWS</Message>'),
  ])
  expect(await sendSigned('redshift', form, 'Action=DescribeClusters')).toEqual([
    501,
    expect.stringContaining('redshift DescribeClusters: not in the local AWS'),
  ])
  const target = { 'x-amz-target': 'AWSGlacier.ListVaults', 'content-type': 'application/x-amz-json-1.1' }
  expect(await sendSigned('glacier', target, '{}')).toEqual([
    501,
    expect.stringContaining('glacier ListVaults: not in the local AWS'),
  ])
})

it('does not pretend to do what ministack only answers', async () => {
  const { config } = account
  const start = new InitiateLayerUploadCommand({ repositoryName: 'app' })
  await expect(new ECRClient(config).send(start)).rejects.toMatchObject(missing('ecr InitiateLayerUpload'))
  const protect = new UpdateTaskProtectionCommand({ cluster: 'c', tasks: [], protectionEnabled: true })
  await expect(new ECSClient(config).send(protect)).rejects.toMatchObject(missing('ecs UpdateTaskProtection'))
  const refresh = new StartInstanceRefreshCommand({ AutoScalingGroupName: 'g' })
  await expect(new AutoScalingClient(config).send(refresh)).rejects.toMatchObject(
    missing('autoscaling StartInstanceRefresh'),
  )
  const describe = new DescribeCapacityReservationCommand({ LoadBalancerArn: 'a' })
  await expect(new ElasticLoadBalancingV2Client(config).send(describe)).rejects.toMatchObject(
    missing('elasticloadbalancing DescribeCapacityReservation'),
  )
})

it('takes what a module of ours does in place of ministack', async () => {
  const hook = { AutoScalingGroupName: 'g', LifecycleHookName: 'h', LifecycleActionResult: 'CONTINUE' }
  const groups = new AutoScalingClient(account.config)
  await expect(groups.send(new CompleteLifecycleActionCommand(hook))).rejects.toThrow(
    'AutoScalingGroup name not found - g',
  )
  const ecs = new ECSClient(account.config)
  const instances = new ListContainerInstancesCommand({ cluster: 'c' })
  expect((await ecs.send(instances)).containerInstanceArns).toEqual([])
})

it('counts what is missing, which the demo and the test run then fail for', async () => {
  await expect(requireNoMissingApi(aws.endpoint)).rejects.toThrow(/ecr InitiateLayerUpload \(\d times\)/)
})

it('answers a body that is no JSON as AWS does', async () => {
  const headers = { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.ListImages' }
  expect(await sendSigned('ecr', headers, '{')).toEqual([
    400,
    expect.stringContaining('SerializationException'),
  ])
})

it('answers a defect of its own with the operation, and writes a trace', async () => {
  const target = 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories'
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' }
  const [status, text] = await sendSigned('ecr', headers, '{"repositoryNames": 5}')
  expect([status, JSON.parse(text)]).toEqual([
    500,
    {
      __type: 'InternalFailure',
      message: expect.stringContaining('ecr DescribeRepositories: a defect of the local AWS: TypeError'),
    },
  ])
  const log = () => readFileSync(logFile, 'utf8')
  await expect.poll(log).toMatch(/ecr DescribeRepositories: a defect of the local AWS\nTraceback/)
})
