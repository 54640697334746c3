import {
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServicesCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { lastPart } from './arn.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { type ClusterTasks, makeClusterTasks } from './ecs-tasks.ts'
import { listPages } from './pages.ts'

/** An ECS service: counts of tasks, where they are placed, and who sends them requests. */
export type EcsService = {
  name: string
  desired: number
  running: number
  pending: number
  /** A daemon has a task on each instance, and no desired count. */
  isDaemon: boolean
  /** Somebody else than ECS decides about its tasks. */
  isExternal: boolean
  /** It was deleted, and its last tasks stop. */
  isDraining: boolean
  /** ISO 8601; '' where ECS does not tell. */
  createdAt: string
  /** Names of the capacity providers; empty with a launch type. */
  capacityProviders: readonly string[]
  targetGroups: readonly string[]
  /** The newest events, newest first. */
  events: readonly string[]
}

/** The calls to ECS that a pause needs. */
export type Ecs = ClusterTasks & {
  /** Names the capacity providers of a cluster; `undefined` where the cluster is not there. */
  listProviders(cluster: string): Promise<string[] | undefined>
  /** Names the active services of a cluster. */
  listServices(cluster: string): Promise<string[]>
  /** Describes services; those that do not exist any more are left out. */
  describeServices(cluster: string, names: readonly string[]): Promise<EcsService[]>
  /** Names the Auto Scaling group behind each capacity provider; Fargate's have none. */
  describeGroups(capacityProviders: readonly string[]): Promise<Map<string, string>>
  setDesiredCount(cluster: string, service: string, desired: number): Promise<void>
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html, …_DescribeCapacityProviders.html
const servicesOfACall = 10
const providersOfACall = 100

/** Creates the adapter to ECS. */
export function makeEcs(config: AwsConfig): Ecs {
  const client = makeClient(ECSClient, config)
  return {
    ...makeClusterTasks(client),
    listProviders: async (cluster) => await listProviders(client, cluster),
    listServices: async (cluster) => await listServices(client, cluster),
    describeServices: async (cluster, names) =>
      await inBatches(names, servicesOfACall, (batch) => describeServices(client, cluster, batch)),
    describeGroups: async (providers) =>
      new Map(await inBatches(providers, providersOfACall, (batch) => describeGroups(client, batch))),
    setDesiredCount: async (cluster, service, desiredCount) => {
      await client.send(new UpdateServiceCommand({ cluster, service, desiredCount }))
    },
  }
}

async function listProviders(client: ECSClient, cluster: string): Promise<string[] | undefined> {
  const { clusters = [] } = await client.send(new DescribeClustersCommand({ clusters: [cluster] }))
  const found = clusters.find(({ status }) => status === 'ACTIVE')
  return found && (found.capacityProviders ?? [])
}

async function listServices(client: ECSClient, cluster: string): Promise<string[]> {
  const arns = await listPages(async (nextToken) => {
    const page = await client.send(new ListServicesCommand({ cluster, nextToken, maxResults: 100 }))
    return { items: page.serviceArns ?? [], next: page.nextToken }
  })
  return arns.map(lastPart).sort()
}

async function describeServices(
  client: ECSClient,
  cluster: string,
  names: readonly string[],
): Promise<EcsService[]> {
  const page = await client.send(new DescribeServicesCommand({ cluster, services: [...names] }))
  return (page.services ?? []).filter(({ status }) => status !== 'INACTIVE').map(toService)
}

function toService(service: Service): EcsService {
  // A service whose deployments another controller makes has its places and target groups in task sets.
  const parts = [service, ...(service.taskSets ?? [])]
  return {
    name: service.serviceName ?? '',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    isDaemon: service.schedulingStrategy === 'DAEMON',
    isExternal: service.deploymentController?.type === 'EXTERNAL',
    isDraining: service.status === 'DRAINING',
    createdAt: service.createdAt?.toISOString() ?? '',
    capacityProviders: [
      ...new Set(
        parts.flatMap(({ capacityProviderStrategy = [] }) =>
          capacityProviderStrategy.flatMap(({ capacityProvider }) => capacityProvider ?? []),
        ),
      ),
    ],
    targetGroups: [
      ...new Set(
        parts.flatMap(({ loadBalancers = [] }) =>
          loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
        ),
      ),
    ],
    events: (service.events ?? []).flatMap(({ message }) => message ?? []),
  }
}

async function describeGroups(client: ECSClient, providers: readonly string[]) {
  const found = await listPages(async (nextToken) => {
    const input = { capacityProviders: [...providers], nextToken }
    const page = await client.send(new DescribeCapacityProvidersCommand(input))
    return { items: page.capacityProviders ?? [], next: page.nextToken }
  })
  return found.flatMap(({ name, autoScalingGroupProvider }) => {
    const arn = autoScalingGroupProvider?.autoScalingGroupArn
    return name && arn ? [[name, lastPart(arn)] as const] : []
  })
}
