import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
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
  (await client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }))).ScalableTargets?.[0]

beforeAll(async () => {
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 't',
      containerDefinitions: [{ name: 'a', image: 'nowhere/none:v1', memory: 64 }],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({ cluster: 'c', serviceName: 's', taskDefinition: 't', desiredCount: 2 }),
  )
})

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
  const desired = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['s'] }))
    return services?.[0]?.desiredCount
  }
  await register({ MinCapacity: 3, MaxCapacity: 4 })
  expect(await desired()).toBe(3)
  await register({ MinCapacity: 0, MaxCapacity: 0 })
  expect(await desired()).toBe(0)
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
  const { ScalingPolicies } = await client.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs' }),
  )
  const { ScheduledActions } = await client.send(
    new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs' }),
  )
  expect([ScalingPolicies, ScheduledActions, await describeTarget()]).toEqual([[], [], undefined])
  await expect(client.send(new DeregisterScalableTargetCommand(place))).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
  })
})
