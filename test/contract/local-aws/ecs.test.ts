import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Resource,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { beforeAll, describe, expect, it } from 'vitest'
import { setControl } from '../../fixtures/registry.ts'
import { type DeployedService, deployService, pushServiceImage } from '../../fixtures/service.ts'
import { localAws } from '../../local-aws.ts'

const account = localAws()
const ecs = new ECSClient(account.config)
const cluster = 'ddn-ecs-cluster'
const service = 'ddn-ecs-service'
const patience = { timeout: 20_000, interval: 100 }
let deployed: DeployedService

async function describeService() {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))
  return services?.[0] ?? expect.fail('no service')
}

async function listTasks(desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING') {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }))
  if (taskArns.length === 0) return []
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? []
}

const get = async (path: string) => await fetch(`${account.endpoint}/_alb/${deployed.dnsName}${path}`)
const setDesired = async (desiredCount: number) =>
  await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }))

async function settle(running: number) {
  await expect.poll(async () => (await describeService()).runningCount, patience).toBe(running)
}

beforeAll(async () => {
  deployed = await deployService(account)
})

it('may describe a service late, where that was asked for', async () => {
  const own = localAws()
  const late = new ECSClient(own.config)
  const containerDefinitions = [{ name: 'a', image: 'none', memory: 64 }]
  await late.send(new RegisterTaskDefinitionCommand({ family: 't', containerDefinitions }))
  await late.send(new CreateClusterCommand({ clusterName: 'c' }))
  const settings = { cluster: 'c', serviceName: 's', taskDefinition: 't', launchType: 'EC2' as const }
  await late.send(new CreateServiceCommand({ ...settings, desiredCount: 0 }))
  const shown = async () =>
    (await late.send(new DescribeServicesCommand({ cluster: 'c', services: ['s'] }))).services?.[0]
      ?.desiredCount
  await setControl(own, 'service-lag', { reads: 2 })
  await shown()
  await late.send(new UpdateServiceCommand({ cluster: 'c', service: 's', desiredCount: 1 }))
  expect([await shown(), await shown(), await shown()]).toEqual([0, 0, 1])
})

describe('the local ECS', () => {
  it('runs the pushed image, and answers through the load balancer of this account', async () => {
    const answer = await get('/ping')
    expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
  })

  it('brings what the task prints into its log group', async () => {
    const logs = new CloudWatchLogsClient(account.config)
    const read = async () => {
      const command = new FilterLogEventsCommand({ logGroupName: '/ecs/ddn-triton-task' })
      return ((await logs.send(command)).events ?? []).map(({ message }) => message)
    }
    await expect.poll(read, patience).toContain('listening on port 50101')
  })

  it('places the task on an instance of the capacity provider, with its GPU', async () => {
    const [task] = await listTasks()
    const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ cluster }))
    expect(containerInstanceArns).toEqual([task?.containerInstanceArn])
    const { containerInstances } = await ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
    )
    const gpus = (list: Resource[] = []) => list.find(({ name }) => name === 'GPU')?.stringSetValue?.length
    const [instance] = containerInstances ?? []
    expect([gpus(instance?.registeredResources), gpus(instance?.remainingResources)]).toEqual([1, 0])
  })

  it('replaces a task that was stopped', async () => {
    const [before] = await listTasks()
    await ecs.send(new StopTaskCommand({ cluster, task: before?.taskArn, reason: 'by hand' }))
    await expect
      .poll(
        async () =>
          (await listTasks()).map(({ taskArn, lastStatus }) => [taskArn === before?.taskArn, lastStatus]),
        patience,
      )
      .toEqual([[false, 'RUNNING']])
    expect((await listTasks('STOPPED')).find(({ taskArn }) => taskArn === before?.taskArn)).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'by hand',
    })
  })

  it('tells why a task finds no place, and places it where there is room', async () => {
    const groups = new AutoScalingClient(account.config)
    const resize = async (MaxSize: number) =>
      await groups.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: deployed.groupName, MaxSize }),
      )
    await resize(1)
    await setDesired(2)
    const events = async () => (await describeService()).events?.map(({ message }) => message).join('\n')
    await expect
      .poll(events, patience)
      .toMatch(/was unable to place a task because no container instance met all of its requirements/)
    expect(await events()).toContain('has insufficient')
    await resize(2)
    await settle(2)
    await setDesired(1)
    await settle(1)
  })

  it('stops its tasks and deregisters their targets at zero', async () => {
    const targets = new ElasticLoadBalancingV2Client(account.config)
    const describeTargets = async () =>
      (await targets.send(new DescribeTargetHealthCommand({ TargetGroupArn: deployed.targetGroupArn })))
        .TargetHealthDescriptions
    expect(await describeTargets()).toMatchObject([{ TargetHealth: { State: 'healthy' } }])
    await setDesired(0)
    await settle(0)
    expect(await describeTargets()).toEqual([])
    expect((await get('/ping')).status).toBe(503)
    await setDesired(1)
    await expect.poll(async () => (await get('/ping')).status, patience).toBe(200)
  })

  it('cannot pull an image that was not pushed', async () => {
    const other = localAws()
    const uri = (await pushServiceImage(other)).replace(/@sha256:.*/, `@sha256:${'0'.repeat(64)}`)
    const failed = await deployService(other, uri).then(
      () => 'deployed',
      (error: Error) => error.message,
    )
    expect(failed).toContain('rolled-back')
    const client = new ECSClient(other.config)
    const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }))
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
    expect(tasks[0]?.stoppedReason).toContain('CannotPullContainerError')
    expect(tasks[0]?.stopCode).toBe('TaskFailedToStart')
  })
})
