import {
  AutoScalingClient,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  type ContainerDefinition,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { patience } from '../../contract-account.ts'
import { pushImage } from '../../fixtures/image.ts'
import { describeGroup, type InstanceSettings, makeCluster } from '../../fixtures/instances.ts'
import { setControl } from '../../fixtures/registry.ts'
import { localAws } from '../../local-aws.ts'

const gpu: Partial<ContainerDefinition> = { resourceRequirements: [{ type: 'GPU', value: '1' }] }
const cluster = 'c'

/** A cluster of its own whose tasks sleep. */
async function openCluster(settings?: InstanceSettings) {
  const account = localAws()
  const image = await pushImage(account, [], { Entrypoint: ['sleep', '60'] })
  await makeCluster(account, settings)
  const ecs = new ECSClient(account.config)
  const groups = new AutoScalingClient(account.config)
  const describe = async (arn?: string) => {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn ?? ''] }))
    return tasks?.[0] ?? expect.fail(`no task ${arn}`)
  }
  return {
    ecs,
    groups,
    describe,
    group: () => describeGroup(account),
    run: async (
      container: Partial<ContainerDefinition>,
      task: Partial<RegisterTaskDefinitionCommandInput> = {},
      where: object = {},
    ) => {
      const containerDefinitions = [{ name: 'a', image, memory: 64, ...container }]
      const input = { family: 't', ...task, containerDefinitions }
      const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(input))
      const command = { cluster, taskDefinition: taskDefinition?.taskDefinitionArn, ...where }
      return await ecs.send(new RunTaskCommand(command))
    },
    reach: async (arn: string | undefined, status: string) =>
      await expect.poll(async () => (await describe(arn)).lastStatus, patience).toBe(status),
    setDesired: async (DesiredCapacity: number) =>
      await groups.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'g', DesiredCapacity })),
    listFailures: async () => {
      const { Activities = [] } = await groups.send(
        new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'g' }),
      )
      return Activities.filter(({ StatusCode }) => StatusCode === 'Failed')
    },
    setCapacity: (capacity: object) => setControl(account, 'ec2-capacity', capacity),
  }
}

it('grows the group for tasks that wait, protects busy instances, and shrinks when they are idle', async () => {
  const { run, reach, describe, group, ecs } = await openCluster()
  const { tasks } = await run(gpu)
  const arn = tasks?.[0]?.taskArn
  expect(tasks?.[0]).toMatchObject({ lastStatus: 'PROVISIONING', capacityProviderName: 'p' })
  expect(tasks?.[0]).not.toHaveProperty('containerInstanceArn')
  await reach(arn, 'RUNNING')
  const { desired, instances } = await group()
  expect([desired, instances]).toMatchObject([
    1,
    [{ LifecycleState: 'InService', ProtectedFromScaleIn: true }],
  ])
  const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ cluster }))
  expect(containerInstanceArns).toEqual([(await describe(arn)).containerInstanceArn])
  await ecs.send(new StopTaskCommand({ cluster, task: arn }))
  await expect.poll(group, patience).toEqual({ desired: 0, instances: [] })
})

it('tells what an instance of the type has, and what its tasks leave', async () => {
  const { run, reach, ecs } = await openCluster({ instanceType: 'g5.12xlarge' })
  const { tasks } = await run({ ...gpu, cpu: 1024, memory: 2048 })
  await reach(tasks?.[0]?.taskArn, 'RUNNING')
  const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ cluster }))
  const { containerInstances } = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
  )
  const [instance] = containerInstances ?? []
  const read = (name: string) =>
    [instance?.registeredResources, instance?.remainingResources].map((resources) => {
      const found = resources?.find((each) => each.name === name)
      return found?.stringSetValue?.length ?? found?.integerValue ?? 0
    })
  expect([read('CPU'), read('GPU')]).toEqual([
    [49152, 48128],
    [4, 3],
  ])
  const [total = 0, left = 0] = read('MEMORY')
  expect(total - left).toBe(2048)
})

it.each([
  ['RESOURCE:CPU', { cpu: 4097 }],
  ['RESOURCE:MEMORY', { memory: 16_384 }],
  ['RESOURCE:GPU', { resourceRequirements: [{ type: 'GPU', value: '2' }] }],
] satisfies [string, Partial<ContainerDefinition>][])(
  'refuses a task for %s where nothing is scaled for it',
  async (reason, container) => {
    const { run, group, setDesired } = await openCluster()
    await setDesired(1)
    await expect.poll(async () => (await group()).instances[0]?.LifecycleState, patience).toBe('InService')
    const { tasks, failures } = await run(container, {}, { launchType: 'EC2' })
    expect([tasks, failures]).toMatchObject([[], [{ reason }]])
  },
)

it('refuses a host port twice on an instance, and takes only as many network interfaces as the type has', async () => {
  const { run, group, setDesired } = await openCluster()
  await setDesired(1)
  await expect.poll(async () => (await group()).instances[0]?.LifecycleState, patience).toBe('InService')
  const ports = { portMappings: [{ containerPort: 80, hostPort: 8080 }] }
  const onInstances = { launchType: 'EC2', count: 2 }
  const twice = await run(ports, {}, onInstances)
  expect([twice.tasks?.length, twice.failures]).toMatchObject([1, [{ reason: 'RESOURCE:PORTS' }]])
  // A g4dn.xlarge has three interfaces, and one of them is its own.
  const interfaces = await run({}, { networkMode: 'awsvpc' }, { ...onInstances, count: 3 })
  expect([interfaces.tasks?.length, interfaces.failures]).toMatchObject([2, [{ reason: 'RESOURCE:ENI' }]])
})

it('has no instances for a task that nothing scales for', async () => {
  const { run } = await openCluster()
  await expect(run({}, {}, { launchType: 'EC2' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'No Container Instances were found in your cluster.',
  })
})

it('ends the tasks of an instance that is terminated, but keeps protected instances', async () => {
  const { run, reach, describe, group, groups, setDesired } = await openCluster({ protection: 'DISABLED' })
  const { tasks } = await run(gpu)
  const arn = tasks?.[0]?.taskArn
  await reach(arn, 'RUNNING')
  await setDesired(0)
  const [instance] = (await group()).instances
  expect(instance?.ProtectedFromScaleIn).toBe(true)
  await groups.send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: 'g',
      InstanceIds: [instance?.InstanceId ?? ''],
      ProtectedFromScaleIn: false,
    }),
  )
  await reach(arn, 'STOPPED')
  expect(await describe(arn)).toMatchObject({
    stopCode: 'TerminationNotice',
    stoppedReason: `Host EC2 (instance ${instance?.InstanceId}) terminated.`,
  })
})

it('starts no instance beyond the vCPU quota, and starts it once the quota is raised', async () => {
  const { run, reach, listFailures, setCapacity } = await openCluster()
  await setCapacity({ vcpuQuotas: { 'L-DB2E81BA': 3 } })
  const { tasks } = await run(gpu)
  await expect.poll(async () => (await listFailures()).length, patience).toBeGreaterThan(0)
  expect((await listFailures())[0]).toMatchObject({
    Description: expect.stringMatching(/^Launching a new EC2 instance\. {2}Status Reason: /),
    StatusMessage: expect.stringMatching(
      /^VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 3 allows .*Launching EC2 instance failed\.$/,
    ),
  })
  await setCapacity({})
  await reach(tasks?.[0]?.taskArn, 'RUNNING')
})

it('takes another zone where one has no capacity, and fails where none has', async () => {
  const { run, reach, group, listFailures, setCapacity } = await openCluster()
  await setCapacity({ zonesWithoutCapacity: ['ap-northeast-2a'] })
  const first = await run(gpu)
  await reach(first.tasks?.[0]?.taskArn, 'RUNNING')
  expect((await group()).instances.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual([
    'ap-northeast-2c',
  ])
  expect((await listFailures())[0]?.StatusMessage).toMatch(
    /^InsufficientInstanceCapacity - We currently do not have sufficient g4dn\.xlarge capacity .*\(ap-northeast-2a\)/,
  )
  await setCapacity({ zonesWithoutCapacity: ['ap-northeast-2a', 'ap-northeast-2c'] })
  const { tasks } = await run(gpu)
  const inC = async () => (await listFailures()).filter((each) => each.Details?.includes('ap-northeast-2c'))
  await expect.poll(async () => (await inC()).length, patience).toBeGreaterThan(0)
  await setCapacity({})
  await reach(tasks?.[0]?.taskArn, 'RUNNING')
})

it('refuses a capacity that it does not know', async () => {
  const { setCapacity } = await openCluster()
  await expect(setCapacity({ zones: [] })).rejects.toThrow(
    'ec2-capacity: expected vcpuQuotas and zonesWithoutCapacity, got zones',
  )
})
