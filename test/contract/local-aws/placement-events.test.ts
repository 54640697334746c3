import {
  type ContainerDefinition,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  ECSClient,
  ListContainerInstancesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { contractAccount, isLocal, patience } from '../../contract-account.ts'
import { contractImage } from '../../fixtures/contract-image.ts'
import { type InstanceSettings, makeCluster } from '../../fixtures/instances.ts'
import { defineSleepingTask } from '../../fixtures/sleeping-task.ts'

const unplaced = 'was unable to place a task because no container instance met all of its requirements.'
const guide = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'
const account = contractAccount()
let image = ''

beforeAll(async () => {
  image = await contractImage(account)
})

/** A cluster of its own, for a test, with the service `s`, whose tasks sleep. */
async function openService(settings: InstanceSettings) {
  const { cluster, remove } = await makeCluster(account, { instanceType: 'm5.xlarge', ...settings })
  if (!isLocal) onTestFinished(remove)
  const ecs = new ECSClient(account.config)
  const describe = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ['s'] }))
    return services?.[0] ?? expect.fail('no service')
  }
  return {
    describe,
    create: async (
      container: Partial<ContainerDefinition>,
      more: Partial<CreateServiceCommandInput> = {},
    ) => {
      const taskDefinition = await defineSleepingTask(ecs, { image, ...container })
      const input = { cluster, serviceName: 's', taskDefinition, desiredCount: 1, ...more }
      await ecs.send(new CreateServiceCommand(input))
    },
    setDesired: async (desiredCount: number) =>
      await ecs.send(new UpdateServiceCommand({ cluster, service: 's', desiredCount })),
    /** Waits for an event, whose container instance is left out; gives how often it was told. */
    waitForEvent: async (text: string) => {
      const read = async () =>
        ((await describe()).events ?? []).map(({ message = '' }) =>
          message.replace('(service s) ', '').replace(/\(container-instance \w+\)/, '(container-instance)'),
        )
      await expect.poll(read, patience).toContain(text)
      return (await read()).filter((each) => each === text).length
    },
    listInstances: async () =>
      (await ecs.send(new ListContainerInstancesCommand({ cluster }))).containerInstanceArns ?? [],
  }
}

it('says that a capacity provider has no instances where its group may not grow', async () => {
  const service = await openService({ maxInstances: 0 })
  await service.create({})
  const text = `${unplaced} Reason: No Container Instances were found in your capacity provider. ${guide}`
  // It is not said again at each try.
  expect(await service.waitForEvent(text)).toBe(1)
  expect((await service.describe()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }])
})

it('says that a cluster has no instances where nothing scales for the service', async () => {
  const service = await openService({})
  await service.create({}, { launchType: 'EC2' })
  await service.waitForEvent(
    `${unplaced} Reason: No Container Instances were found in your cluster. ${guide}`,
  )
  expect(await service.listInstances()).toEqual([])
})

it.each([
  ['has insufficient CPU units available.', { cpu: 3000 }, {}],
  ['has insufficient memory available.', { memory: 10_000 }, {}],
  [
    'has insufficient GPU resource available.',
    { resourceRequirements: [{ type: 'GPU', value: '1' }] },
    { instanceType: 'g4dn.xlarge' },
  ],
  [
    'is already using a port required by your task.',
    { portMappings: [{ containerPort: 80, hostPort: 80 }] },
    {},
  ],
] satisfies [string, Partial<ContainerDefinition>, InstanceSettings][])(
  'says what the closest instance lacks for a second task: it %s',
  async (lack, container, settings) => {
    const service = await openService({ maxInstances: 1, ...settings })
    await service.create(container)
    await expect.poll(async () => (await service.describe()).runningCount, patience).toBe(1)
    await service.setDesired(2)
    await service.waitForEvent(`${unplaced} The closest matching (container-instance) ${lack} ${guide}`)
    expect(await service.listInstances()).toHaveLength(1)
  },
)
