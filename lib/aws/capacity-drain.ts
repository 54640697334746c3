import {
  AutoScalingClient,
  type AutoScalingGroup,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  type Instance,
  SetInstanceProtectionCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  ECSClient,
  ListContainerInstancesCommand,
  ListServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'

/** Takes the tasks and instances of a cluster down. Each call asks only for what is not asked for yet. */
export type CapacityDrain = {
  /** Asks all services of a cluster for no tasks, and counts the tasks that they still have. */
  stopServices(cluster: string): Promise<number>
  /**
   * Asks a group for no instances, lets those end that wait for a draining without a task of these clusters, and
   * counts those that are still there.
   */
  stopInstances(group: string, clusters: readonly string[]): Promise<number>
}

/** Makes the adapter that takes a cluster down. */
export function makeCapacityDrain(config: AwsConfig): CapacityDrain {
  const ecs = makeClient(ECSClient, config)
  const scaling = makeClient(AutoScalingClient, config)
  return {
    stopServices: async (cluster) =>
      (await unlessGone(stopServices(ecs, cluster), /^ClusterNotFoundException$/)) ?? 0,
    stopInstances: async (name, clusters) => {
      const input = { AutoScalingGroupNames: [name] }
      const found = await scaling.send(new DescribeAutoScalingGroupsCommand(input))
      const [group] = found.AutoScalingGroups ?? []
      if (!group) return 0
      await emptyGroup(scaling, group)
      const waiting = (group.Instances ?? []).filter(
        ({ LifecycleState }) => LifecycleState === 'Terminating:Wait',
      )
      if (waiting.length > 0) await letGo(scaling, name, await chooseIdle(ecs, clusters, waiting))
      return group.Instances?.length ?? 0
    },
  }
}

async function unlessGone<T>(work: Promise<T>, gone: RegExp): Promise<T | undefined> {
  return await work.catch((error: unknown) => {
    if (gone.test(awsErrorName(error))) return undefined
    throw error
  })
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html, …_DescribeContainerInstances.html
const servicesOfACall = 10
const instancesOfACall = 100

async function stopServices(client: ECSClient, cluster: string): Promise<number> {
  const arns = await listPages(async (nextToken) => {
    const page = await client.send(new ListServicesCommand({ cluster, nextToken, maxResults: 100 }))
    return { items: page.serviceArns ?? [], next: page.nextToken }
  })
  const services = await inBatches(arns, servicesOfACall, async (batch) => {
    const page = await client.send(new DescribeServicesCommand({ cluster, services: [...batch] }))
    return page.services ?? []
  })
  // A daemon has no desired count: its tasks go with their instances.
  const replicas = services.filter(({ schedulingStrategy }) => schedulingStrategy !== 'DAEMON')
  for (const { serviceName: service, status, desiredCount } of replicas) {
    if (status !== 'ACTIVE' || desiredCount === 0) continue
    await client.send(new UpdateServiceCommand({ cluster, service, desiredCount: 0 }))
  }
  return replicas.reduce(
    (sum, { runningCount = 0, pendingCount = 0 }) => sum + runningCount + pendingCount,
    0,
  )
}

async function emptyGroup(client: AutoScalingClient, group: AutoScalingGroup): Promise<void> {
  const { AutoScalingGroupName, MinSize, DesiredCapacity, Instances = [] } = group
  const isProtected = Instances.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn)
  // A desired capacity of 0 ends no protected instance.
  // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html: 50 in a call
  await inBatches(isProtected, 50, async (batch) => {
    const InstanceIds = batch.flatMap(({ InstanceId }) => InstanceId ?? [])
    const input = { AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: false }
    await client.send(new SetInstanceProtectionCommand(input))
    return []
  })
  if (MinSize === 0 && DesiredCapacity === 0) return
  // The maximum stays: a deployment after a destroy that was cut would not put it back.
  const size = { MinSize: 0, DesiredCapacity: 0 }
  await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...size }))
}

/** Chooses the instances on which no cluster has a task. Where no cluster is known, none is known to be idle. */
async function chooseIdle(
  client: ECSClient,
  clusters: readonly string[],
  waiting: readonly Instance[],
): Promise<string[]> {
  const busy = new Set<string>()
  for (const cluster of clusters) {
    const arns = await listPages(async (nextToken) => {
      const page = await client.send(new ListContainerInstancesCommand({ cluster, nextToken }))
      return { items: page.containerInstanceArns ?? [], next: page.nextToken }
    })
    const instances = await inBatches(arns, instancesOfACall, async (containerInstances) => {
      const input = { cluster, containerInstances: [...containerInstances] }
      return (await client.send(new DescribeContainerInstancesCommand(input))).containerInstances ?? []
    })
    for (const { ec2InstanceId = '', runningTasksCount = 0, pendingTasksCount = 0 } of instances)
      if (runningTasksCount + pendingTasksCount > 0) busy.add(ec2InstanceId)
  }
  const ids = waiting.flatMap(({ InstanceId }) => InstanceId ?? [])
  return clusters.length === 0 ? [] : ids.filter((id) => !busy.has(id))
}

// ECS completes the hook of a draining itself, but not once its capacity provider is gone: an instance then waits for
// the hook's time-out, an hour or more.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html
async function letGo(
  client: AutoScalingClient,
  AutoScalingGroupName: string,
  idle: readonly string[],
): Promise<void> {
  if (idle.length === 0) return
  const { LifecycleHooks = [] } = await client.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName }),
  )
  const ending = LifecycleHooks.filter(
    ({ LifecycleTransition }) => LifecycleTransition === 'autoscaling:EC2_INSTANCE_TERMINATING',
  )
  for (const InstanceId of idle) {
    for (const { LifecycleHookName } of ending) {
      const input = { AutoScalingGroupName, LifecycleHookName, InstanceId, LifecycleActionResult: 'CONTINUE' }
      // ECS may have been faster.
      await unlessGone(client.send(new CompleteLifecycleActionCommand(input)), /^ValidationError$/)
    }
  }
}
