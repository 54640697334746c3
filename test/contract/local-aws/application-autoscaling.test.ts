import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { beforeAll, expect, it, vi } from 'vitest'
import { contractAccount, patience, undoLater, uniqueName } from '../../contract-account.ts'

const { config } = contractAccount()
const client = new ApplicationAutoScalingClient(config)
const ecs = new ECSClient(config)
const cluster = uniqueName()
let taskDefinition: string | undefined

const placeOf = (service: string) =>
  ({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${cluster}/${service}`,
  }) as const

const register = async (service: string, more: object) =>
  await client.send(new RegisterScalableTargetCommand({ ...placeOf(service), ...more }))

async function describeTarget(service: string) {
  const { ServiceNamespace, ResourceId } = placeOf(service)
  const command = new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId] })
  return (await client.send(command)).ScalableTargets?.[0]
}

const deregister = async (service: string) =>
  await client.send(new DeregisterScalableTargetCommand(placeOf(service)))

async function removeService(service: string) {
  // AWS takes a service's target away some time after the service.
  if (await describeTarget(service)) await deregister(service)
  await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }))
}

/** Makes a service of two tasks, for which there is no instance, and its target of 1 to 4; gives its name. */
async function makeService(): Promise<string> {
  const serviceName = uniqueName()
  undoLater(async () => await removeService(serviceName))
  const input = { cluster, serviceName, taskDefinition, desiredCount: 2, launchType: 'EC2' } as const
  await ecs.send(new CreateServiceCommand(input))
  // Application Auto Scaling learns of a new service some seconds later.
  await vi.waitFor(async () => await register(serviceName, { MinCapacity: 1, MaxCapacity: 4 }), patience)
  return serviceName
}

beforeAll(async () => {
  // A cluster is deleted once its services have ended.
  undoLater(
    async () => await vi.waitFor(async () => await ecs.send(new DeleteClusterCommand({ cluster })), patience),
  )
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  const containerDefinitions = [{ name: 'a', image: 'nowhere/none:v1', memory: 64 }]
  const command = new RegisterTaskDefinitionCommand({ family: uniqueName(), containerDefinitions })
  taskDefinition = (await ecs.send(command)).taskDefinition?.taskDefinitionArn
  undoLater(async () => await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition })))
})

const readDesired = async (service: string) => {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))
  return services?.[0]?.desiredCount
}

const listActivities = async (service: string) => {
  const { ServiceNamespace, ResourceId } = placeOf(service)
  const command = new DescribeScalingActivitiesCommand({ ServiceNamespace, ResourceId })
  const { ScalingActivities = [] } = await client.send(command)
  return ScalingActivities.map(({ Description, Cause, StatusMessage }) => [Description, Cause, StatusMessage])
}

const policy = (service: string) => ({ ...placeOf(service), PolicyName: 'p' })
const tracking = {
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 50,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  },
} as const

it('merges the suspended flags, and keeps bounds that are not given', async () => {
  const service = await makeService()
  await register(service, { SuspendedState: { DynamicScalingInSuspended: true } })
  await register(service, { SuspendedState: { ScheduledScalingSuspended: true } })
  expect(await describeTarget(service)).toMatchObject({
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
  const service = await makeService()
  await register(service, { MinCapacity: 3, MaxCapacity: 4 })
  await expect.poll(() => readDesired(service), patience).toBe(3)
  await register(service, { MinCapacity: 0, MaxCapacity: 0 })
  await expect.poll(() => readDesired(service), patience).toBe(0)
  await expect
    .poll(() => listActivities(service), patience)
    .toEqual([
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

it('refuses a target without its service, and bounds the wrong way round', async () => {
  await expect(register(uniqueName(), { MinCapacity: 0, MaxCapacity: 1 })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining("ECS service doesn't exist"),
  })
  const bounds = { MinCapacity: 0, MaxCapacity: 1 }
  await expect(register('', { ...bounds, ResourceId: 'service/alone' })).rejects.toMatchObject({
    name: 'ValidationException',
  })
  await expect(register(await makeService(), { MinCapacity: 2, MaxCapacity: 1 })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Maximum capacity cannot be less than minimum'),
  })
})

it('refuses a policy without a target', async () => {
  const lost = { ...policy(uniqueName()), ...tracking }
  await expect(client.send(new PutScalingPolicyCommand(lost))).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
    message: `No scalable target registered for service namespace: ecs, resource ID: ${lost.ResourceId}, scalable dimension: ecs:service:DesiredCount`,
  })
})

it('takes policies away with their target', async () => {
  const service = await makeService()
  const place = placeOf(service)
  await client.send(new PutScalingPolicyCommand({ ...policy(service), ...tracking }))
  await deregister(service)
  const { ScalingPolicies } = await client.send(new DescribeScalingPoliciesCommand(place))
  expect([ScalingPolicies, await describeTarget(service)]).toEqual([[], undefined])
  await expect(deregister(service)).rejects.toMatchObject({ name: 'ObjectNotFoundException' })
})
