import {
  type ContainerDefinition,
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { makeGroups } from '../../../lib/aws/autoscaling.ts'
import { makeEcs } from '../../../lib/aws/ecs.ts'
import { makeListInstances } from '../../../lib/aws/instances.ts'
import { makeEc2Quotas } from '../../../lib/aws/service-quotas.ts'
import { contractAccount, isLocal, patience, uniqueName } from '../../contract-account.ts'
import { contractImage } from '../../fixtures/contract-image.ts'
import type { InstanceSettings } from '../../fixtures/instances.ts'
import { openCluster } from '../../fixtures/placed-tasks.ts'
import { setControl } from '../../fixtures/registry.ts'
import { defineSleepingTask } from '../../fixtures/sleeping-task.ts'
import { localAws } from '../../local-aws.ts'

const gpu: Partial<ContainerDefinition> = { resourceRequirements: [{ type: 'GPU', value: '1' }] }
// Where GPUs do not matter: it costs little, and a new account may start it.
const small = { instanceType: 't3.medium' }
const account = contractAccount()
let image = ''
// AWS waits for a quarter of an hour before it shrinks a group.
const scaleInPatience = isLocal ? patience : { ...patience, timeout: 2_400_000 }

beforeAll(async () => {
  image = await contractImage(account)
})

/** A cluster of its own for a test, which its instances do not outlive. */
async function open(settings?: InstanceSettings) {
  const opened = await openCluster(account, image, settings)
  if (!isLocal) onTestFinished(opened.remove)
  return opened
}

it('grows the group for tasks that wait, protects busy instances, and shrinks when they are idle', async () => {
  // From none, AWS starts two instances for whatever waits: https://github.com/aws/containers-roadmap/issues/1716
  const { run, reach, describeTask, group, listInstances, ecs, cluster, capacityProvider } = await open({
    maxInstances: 1,
  })
  const { tasks } = await run(gpu)
  const arn = tasks?.[0]?.taskArn
  expect(tasks?.[0]).toMatchObject({
    lastStatus: 'PROVISIONING',
    capacityProviderName: capacityProvider,
  })
  expect(tasks?.[0]).not.toHaveProperty('containerInstanceArn')
  await reach(arn, 'RUNNING')
  expect(await group()).toMatchObject({
    desired: 1,
    instances: [{ LifecycleState: 'InService', ProtectedFromScaleIn: true }],
  })
  expect(await listInstances()).toEqual([(await describeTask(arn)).containerInstanceArn])
  await ecs.send(new StopTaskCommand({ cluster, task: arn }))
  await expect.poll(group, scaleInPatience).toMatchObject({ desired: 0, instances: [] })
}, 3_600_000)

it('tells what an instance of the type has, and what its tasks leave', async () => {
  // The larger one costs 48 vCPUs of a quota.
  const [instanceType, cpu, gpus] = isLocal ? ['g5.12xlarge', 49_152, 4] : ['g4dn.xlarge', 4_096, 1]
  const { run, reach, ecs, cluster, listInstances } = await open({ instanceType, maxInstances: 1 })
  const { tasks } = await run({ ...gpu, cpu: 1024, memory: 2048 })
  await reach(tasks?.[0]?.taskArn, 'RUNNING')
  const { containerInstances } = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: await listInstances() }),
  )
  const [instance] = containerInstances ?? []
  const read = (name: string) =>
    [instance?.registeredResources, instance?.remainingResources].map((resources) => {
      const found = resources?.find((each) => each.name === name)
      return found?.stringSetValue?.length ?? found?.integerValue ?? 0
    })
  expect([read('CPU'), read('GPU')]).toEqual([
    [cpu, cpu - 1024],
    [gpus, gpus - 1],
  ])
  const [total = 0, left = 0] = read('MEMORY')
  expect(total - left).toBe(2048)
})

describe('on an instance that nothing is scaled for', () => {
  let opened: Awaited<ReturnType<typeof openCluster>>

  beforeAll(async () => {
    opened = await openCluster(account, image, small)
    await opened.startInstance()
  })

  it.each([
    ['RESOURCE:CPU', { cpu: 2049 }],
    ['RESOURCE:MEMORY', { memory: 4096 }],
    ['RESOURCE:GPU', gpu],
  ] satisfies [string, Partial<ContainerDefinition>][])(
    'refuses a task for %s',
    async (reason, container) => {
      const { tasks, failures } = await opened.run(container, {}, { launchType: 'EC2' })
      expect([tasks, failures]).toMatchObject([[], [{ reason }]])
    },
  )

  it('refuses a host port twice, and takes only as many network interfaces as the type has', async () => {
    const ports = { portMappings: [{ containerPort: 80, hostPort: 8080 }] }
    const twice = await opened.run(ports, {}, { launchType: 'EC2', count: 2 })
    expect([twice.tasks?.length, twice.failures]).toMatchObject([1, [{ reason: 'RESOURCE:PORTS' }]])
    // A t3.medium has three interfaces, and one of them is its own.
    const { subnetIds: subnets, securityGroupId } = opened.foundation
    const awsvpcConfiguration = { subnets, securityGroups: [securityGroupId] }
    const where = { launchType: 'EC2', count: 3, networkConfiguration: { awsvpcConfiguration } }
    const interfaces = await opened.run({}, { networkMode: 'awsvpc' }, where)
    expect([interfaces.tasks?.length, interfaces.failures]).toMatchObject([2, [{ reason: 'RESOURCE:ENI' }]])
  })
})

it('has no instances for a task that nothing scales for', async () => {
  const { run } = await open(small)
  await expect(run({}, {}, { launchType: 'EC2' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'No Container Instances were found in your cluster.',
  })
})

it('ends the tasks of an instance that is terminated, but keeps protected instances', async () => {
  const settings: InstanceSettings = { ...small, maxInstances: 1, protection: 'DISABLED' }
  const { run, reach, describeTask, group, setDesired, unprotect } = await open(settings)
  const { tasks } = await run({})
  const arn = tasks?.[0]?.taskArn
  await reach(arn, 'RUNNING')
  await setDesired(0)
  const [instance] = (await group()).instances
  expect(instance?.ProtectedFromScaleIn).toBe(true)
  await unprotect(instance?.InstanceId ?? '')
  await reach(arn, 'STOPPED')
  expect(await describeTask(arn)).toMatchObject({
    stopCode: 'TerminationNotice',
    stoppedReason: `Host EC2 (instance ${instance?.InstanceId}) terminated.`,
  })
})

it('drains an instance that ends: services move their tasks, and a task of no service holds it', async () => {
  const settings: InstanceSettings = { ...small, protection: 'DISABLED', draining: 'ENABLED' }
  const { ecs, cluster, groupName, run, reach, setDesired, unprotect } = await open(settings)
  const job = (await run({})).tasks?.[0]?.taskArn
  await reach(job, 'RUNNING')
  const taskDefinition = await defineSleepingTask(ecs, { image })
  const service = { cluster, serviceName: uniqueName(), taskDefinition, desiredCount: 1 }
  await ecs.send(new CreateServiceCommand(service))
  // What pause-resume sees of it.
  const look = async () => {
    const [group] = await makeGroups(account.config).describe([groupName])
    const instances = await makeEcs(account.config).listInstances(cluster)
    return group?.instances.map(({ id, lifecycle }) => {
      return { id, lifecycle, tasks: instances.find((each) => each.id === id)?.tasks }
    })
  }
  await expect.poll(look, patience).toMatchObject([{ lifecycle: 'InService', tasks: 2 }])
  const [{ id = '' } = {}] = (await look()) ?? []
  await unprotect(id)
  await setDesired(0)
  expect((await look())?.[0]).toMatchObject({ id, lifecycle: 'Terminating:Wait' })
  const moved = [
    { id, lifecycle: 'Terminating:Wait', tasks: 1 },
    { lifecycle: 'InService', tasks: 1 },
  ]
  await expect.poll(look, patience).toMatchObject(moved)
  await ecs.send(new StopTaskCommand({ cluster, task: job }))
  await expect.poll(look, patience).toMatchObject([{ lifecycle: 'InService', tasks: 1 }])
}, 3_600_000)

describe.runIf(isLocal)('where a test sets what EC2 has', () => {
  async function openLocal() {
    const own = localAws()
    const setCapacity = (capacity: object) => setControl(own, 'ec2-capacity', capacity)
    return { ...(await openCluster(own, await contractImage(own))), setCapacity, account: own }
  }

  it('starts no instance beyond the vCPU quota, and starts it once the quota is raised', async () => {
    const { run, reach, listFailures, setCapacity } = await openLocal()
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
    const { run, reach, group, listFailures, setCapacity } = await openLocal()
    const [first = '', second = ''] = (await group()).zones
    await setCapacity({ zonesWithoutCapacity: [first] })
    const placed = await run(gpu)
    await reach(placed.tasks?.[0]?.taskArn, 'RUNNING')
    expect((await group()).instances).toMatchObject([{ AvailabilityZone: second }])
    expect((await listFailures())[0]?.StatusMessage).toMatch(
      RegExp(
        `^InsufficientInstanceCapacity - We currently do not have sufficient g4dn\\.xlarge capacity .*\\(${first}\\)`,
      ),
    )
    await setCapacity({ zonesWithoutCapacity: [first, second] })
    const { tasks } = await run(gpu)
    const inSecond = async () => (await listFailures()).filter((each) => each.Details?.includes(second))
    await expect.poll(async () => (await inSecond()).length, patience).toBeGreaterThan(0)
    await setCapacity({})
    await reach(tasks?.[0]?.taskArn, 'RUNNING')
  })

  it('tells EC2 and Service Quotas the same of instances and quotas', async () => {
    const { account, run, reach, setCapacity } = await openLocal()
    const list = makeListInstances(account.config)
    const { read } = makeEc2Quotas(account.config)
    expect([await list(['g', 'vt']), await read('L-DB2E81BA')]).toEqual([[], 1000])
    await setCapacity({ vcpuQuotas: { 'L-DB2E81BA': 4 } })
    const { tasks } = await run(gpu)
    await reach(tasks?.[0]?.taskArn, 'RUNNING')
    const running = [{ type: 'g4dn.xlarge', vcpus: undefined }]
    expect([await list(['g', 'vt']), await list(['p']), await read('L-DB2E81BA')]).toEqual([running, [], 4])
  })

  it('refuses a capacity that it does not know', async () => {
    const { setCapacity } = await openLocal()
    await expect(setCapacity({ zones: [] })).rejects.toThrow(
      'ec2-capacity: expected vcpuQuotas and zonesWithoutCapacity, got zones',
    )
  })
})
