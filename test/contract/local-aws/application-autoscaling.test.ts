import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { beforeAll, expect, it } from 'vitest'
import { localAws } from '../../local-aws.ts'

const { config } = localAws()
const client = new ApplicationAutoScalingClient(config)
const ecs = new ECSClient(config)
const place = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/c/s',
} as const

const register = async (more: object) =>
  await client.send(new RegisterScalableTargetCommand({ ...place, ...more }))
const describeTarget = async () =>
  (
    await client.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [place.ResourceId] }),
    )
  ).ScalableTargets?.[0]

beforeAll(async () => {
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 't',
      containerDefinitions: [{ name: 'a', image: 'nowhere/none:v1', memory: 64 }],
    }),
  )
  for (const serviceName of ['s', 'scheduled', 'suspended']) {
    await ecs.send(
      new CreateServiceCommand({ cluster: 'c', serviceName, taskDefinition: 't', desiredCount: 2 }),
    )
  }
})

const readDesired = async (service: string) => {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: [service] }))
  return services?.[0]?.desiredCount
}

const listActivities = async (service: string) => {
  const command = new DescribeScalingActivitiesCommand({
    ServiceNamespace: 'ecs',
    ResourceId: `service/c/${service}`,
  })
  const { ScalingActivities = [] } = await client.send(command)
  return ScalingActivities.map(({ Description, Cause, StatusMessage }) => [Description, Cause, StatusMessage])
}

it('merges the suspended flags, and keeps bounds that are not given', async () => {
  await register({ MinCapacity: 1, MaxCapacity: 4 })
  await register({ SuspendedState: { DynamicScalingInSuspended: true } })
  await register({ SuspendedState: { ScheduledScalingSuspended: true } })
  expect(await describeTarget()).toMatchObject({
    MinCapacity: 1,
    MaxCapacity: 4,
    SuspendedState: {
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: true,
    },
  })
})

it('pulls the desired count into the bounds at once', async () => {
  await register({ MinCapacity: 3, MaxCapacity: 4 })
  expect(await readDesired('s')).toBe(3)
  await register({ MinCapacity: 0, MaxCapacity: 0 })
  expect(await readDesired('s')).toBe(0)
  expect(await listActivities('s')).toEqual([
    [
      'Setting desired count to 0.',
      'maximum capacity was set to 0',
      'Successfully set desired count to 0. Change successfully fulfilled by ecs.',
    ],
    [
      'Setting desired count to 3.',
      'minimum capacity was set to 3',
      'Successfully set desired count to 3. Change successfully fulfilled by ecs.',
    ],
  ])
})

it('runs a scheduled action at its time, but not while scheduled scaling is suspended', async () => {
  const soon = new Date(Date.now() + 1500).toISOString().slice(0, 19)
  for (const service of ['suspended', 'scheduled']) {
    const target = { ...place, ResourceId: `service/c/${service}` }
    const SuspendedState = { ScheduledScalingSuspended: service === 'suspended' }
    await register({ ...target, MinCapacity: 1, MaxCapacity: 4, SuspendedState })
    await client.send(
      new PutScheduledActionCommand({
        ...target,
        ScheduledActionName: 'more',
        Schedule: `at(${soon})`,
        ScalableTargetAction: { MinCapacity: 3, MaxCapacity: 6 },
      }),
    )
  }
  await expect.poll(() => readDesired('scheduled'), { timeout: 10_000 }).toBe(3)
  expect(await listActivities('scheduled')).toEqual([
    expect.arrayContaining(['Setting desired count to 3.']),
    [
      'Setting min capacity to 3 and max capacity to 6',
      'scheduled action name more was triggered',
      'Successfully set min capacity to 3 and max capacity to 6',
    ],
  ])
  expect([await readDesired('suspended'), await listActivities('suspended')]).toEqual([2, []])
})

it('refuses a schedule that names no time', async () => {
  await register({ MinCapacity: 0, MaxCapacity: 1 })
  const command = new PutScheduledActionCommand({
    ...place,
    ScheduledActionName: 'a',
    Schedule: 'cron(61 * * * ? *)',
  })
  await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' })
})

it.each([
  [{ ResourceId: 'service/c/other', MinCapacity: 0, MaxCapacity: 1 }, "ECS service doesn't exist"],
  [{ MinCapacity: 2, MaxCapacity: 1 }, 'Maximum capacity cannot be less than minimum'],
])('refuses the target %j', async (more, message) => {
  await expect(register(more)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  })
})

it('takes policies and scheduled actions away with their target', async () => {
  await register({ MinCapacity: 0, MaxCapacity: 1 })
  await client.send(
    new PutScalingPolicyCommand({ ...place, PolicyName: 'p', PolicyType: 'TargetTrackingScaling' }),
  )
  await client.send(
    new PutScheduledActionCommand({ ...place, ScheduledActionName: 'a', Schedule: 'rate(1 day)' }),
  )
  await client.send(new DeregisterScalableTargetCommand(place))
  const { ScalingPolicies } = await client.send(new DescribeScalingPoliciesCommand(place))
  const { ScheduledActions } = await client.send(new DescribeScheduledActionsCommand(place))
  expect([ScalingPolicies, ScheduledActions, await describeTarget()]).toEqual([[], [], undefined])
  await expect(client.send(new DeregisterScalableTargetCommand(place))).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
  })
})
