import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { CreateDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type LocalAws, startLocalAws } from '../../../scripts/local-aws-process.ts'
import { type DeployedService, deployService } from '../../fixtures/service.ts'
import { type LocalAccount, localAws } from '../../local-aws.ts'

const patience = { timeout: 20_000, interval: 100 }
let aws: LocalAws
let account: LocalAccount
let deployed: DeployedService
let queryId: string | undefined

const s3 = () => new S3Client({ ...account.config, forcePathStyle: true })
const ping = async () => await (await fetch(`${aws.endpoint}/_alb/${deployed.dnsName}/ping`)).text()

async function fill() {
  deployed = await deployService(account)
  const suspend = { AutoScalingGroupName: deployed.groupName, ScalingProcesses: ['AZRebalance'] }
  await new AutoScalingClient(account.config).send(new SuspendProcessesCommand(suspend))
  const place = { LocationConstraint: 'ap-northeast-2' } as const
  await s3().send(new CreateBucketCommand({ Bucket: 'kept', CreateBucketConfiguration: place }))
  await s3().send(new PutObjectCommand({ Bucket: 'kept', Key: 'a/b', Body: 'an object' }))
  await new SSMClient(account.config).send(
    new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' }),
  )
  await new GlueClient(account.config).send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'd' } }))
  const query = { QueryString: 'SELECT 1', ResultConfiguration: { OutputLocation: 's3://kept/results/' } }
  const started = await new AthenaClient(account.config).send(new StartQueryExecutionCommand(query))
  queryId = started.QueryExecutionId
  await vi.waitFor(async () => expect((await describeQuery())?.Status?.State).toBe('SUCCEEDED'), patience)
}

async function describeQuery() {
  const command = new GetQueryExecutionCommand({ QueryExecutionId: queryId })
  return (await new AthenaClient(account.config).send(command)).QueryExecution
}

async function describeStacks() {
  const client = new CloudFormationClient(account.config)
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}))
  const events = new DescribeStackEventsCommand({ StackName: Stacks[0]?.StackName })
  const { StackEvents = [] } = await client.send(events)
  return [Stacks.map(({ StackName, StackStatus }) => [StackName, StackStatus]), StackEvents.length]
}

async function describeScaling() {
  const targets = await new ApplicationAutoScalingClient(account.config).send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  )
  const groups = await new AutoScalingClient(account.config).send(new DescribeAutoScalingGroupsCommand({}))
  const named = groups.AutoScalingGroups?.map((group) => [
    group.AutoScalingGroupName,
    group.SuspendedProcesses,
  ])
  return [targets.ScalableTargets, named]
}

let before: unknown

beforeAll(async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  aws = await startLocalAws({ state })
  account = localAws(aws.endpoint)
  await fill()
  expect(await describeScaling()).toMatchObject([[{ MaxCapacity: 4 }], [[expect.anything(), [{}]]]])
  before = [await describeStacks(), await describeScaling()]
  await aws.stop()
  aws = await startLocalAws({ state, port: Number(new URL(aws.endpoint).port) })
})
afterAll(async () => await aws.stop())

it('keeps stacks with their events, and scaling, for the next start', async () => {
  expect([await describeStacks(), await describeScaling()]).toEqual(before)
})

it('starts the tasks of a service again, which answer through the load balancer', async () => {
  await expect.poll(ping, patience).toBe('hello')
  const command = new DescribeServicesCommand({ cluster: 'ddn-ecs-cluster', services: ['ddn-ecs-service'] })
  const describe = async () => {
    const { services } = await new ECSClient(account.config).send(command)
    const { runningCount, desiredCount, deployments } = services?.[0] ?? {}
    return [runningCount, desiredCount, deployments?.map(({ rolloutState }) => rolloutState)]
  }
  await expect.poll(describe, patience).toEqual([1, 1, ['COMPLETED']])
})

it('keeps objects, parameters, databases, queries and logs', async () => {
  const object = await s3().send(new GetObjectCommand({ Bucket: 'kept', Key: 'a/b' }))
  expect(await object.Body?.transformToString()).toBe('an object')
  const parameter = await new SSMClient(account.config).send(new GetParameterCommand({ Name: '/a' }))
  expect(parameter.Parameter?.Value).toBe('b')
  const database = await new GlueClient(account.config).send(new GetDatabaseCommand({ Name: 'd' }))
  expect(database.Database?.Name).toBe('d')
  expect((await describeQuery())?.Status?.State).toBe('SUCCEEDED')
  const logs = new FilterLogEventsCommand({ logGroupName: '/ecs/ddn-triton-task' })
  const { events = [] } = await new CloudWatchLogsClient(account.config).send(logs)
  expect(events.map(({ message }) => message)).toContain('listening on port 50101')
})
