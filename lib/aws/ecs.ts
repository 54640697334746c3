import {
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServicesCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { AwsConfig } from './client.ts'
import { explainAwsError } from './errors.ts'

/** An ECS service: counts of tasks, where they are placed, and who sends them requests. */
export type EcsService = {
  name: string
  desired: number
  running: number
  pending: number
  /** Names of the capacity providers; empty with a launch type. */
  capacityProviders: readonly string[]
  targetGroups: readonly string[]
  /** The newest events, newest first. */
  events: readonly string[]
}

/** The calls to ECS that a pause needs. */
export type Ecs = {
  /** Names the active services of a cluster; `undefined` where the cluster is not there. */
  listServices(cluster: string): Promise<string[] | undefined>
  /** Describes active services. */
  describeServices(cluster: string, names: readonly string[]): Promise<EcsService[]>
  /** Names the Auto Scaling groups behind capacity providers; Fargate has none. */
  listGroups(capacityProviders: readonly string[]): Promise<string[]>
  setDesiredCount(cluster: string, service: string, desired: number): Promise<void>
}

/** Makes the adapter to ECS. */
export function makeEcs(config: AwsConfig): Ecs {
  const client = new ECSClient(config)
  const explain = (action: string) => (error: unknown) => {
    throw explainAwsError(error, action, config.region)
  }
  return {
    listServices: async (cluster) => {
      if (!(await clusterExists(client, cluster).catch(explain('ecs:DescribeClusters')))) return undefined
      return await listServices(client, cluster).catch(explain('ecs:ListServices'))
    },
    describeServices: async (cluster, names) =>
      await describeServices(client, cluster, names).catch(explain('ecs:DescribeServices')),
    listGroups: async (providers) =>
      providers.length === 0
        ? []
        : await listGroups(client, providers).catch(explain('ecs:DescribeCapacityProviders')),
    setDesiredCount: async (cluster, service, desiredCount) => {
      await client
        .send(new UpdateServiceCommand({ cluster, service, desiredCount }))
        .catch(explain('ecs:UpdateService'))
    },
  }
}

async function clusterExists(client: ECSClient, cluster: string): Promise<boolean> {
  const { clusters } = await client.send(new DescribeClustersCommand({ clusters: [cluster] }))
  return (clusters ?? []).some(({ status }) => status === 'ACTIVE')
}

async function listServices(client: ECSClient, cluster: string): Promise<string[]> {
  const names: string[] = []
  let nextToken: string | undefined
  do {
    const page = await client.send(new ListServicesCommand({ cluster, nextToken, maxResults: 100 }))
    names.push(...(page.serviceArns ?? []).map(lastPart))
    nextToken = page.nextToken
  } while (nextToken)
  return names.sort()
}

const lastPart = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

// DescribeServices takes ten names a call.
async function describeServices(
  client: ECSClient,
  cluster: string,
  names: readonly string[],
): Promise<EcsService[]> {
  const found: EcsService[] = []
  for (let at = 0; at < names.length; at += 10) {
    const services = names.slice(at, at + 10)
    const page = await client.send(new DescribeServicesCommand({ cluster, services }))
    found.push(...(page.services ?? []).filter(({ status }) => status === 'ACTIVE').map(toService))
  }
  return found
}

function toService(service: Service): EcsService {
  return {
    name: service.serviceName ?? '',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    capacityProviders: (service.capacityProviderStrategy ?? []).flatMap(
      ({ capacityProvider }) => capacityProvider ?? [],
    ),
    targetGroups: (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    events: (service.events ?? []).flatMap(({ message }) => message ?? []),
  }
}

async function listGroups(client: ECSClient, providers: readonly string[]): Promise<string[]> {
  const command = new DescribeCapacityProvidersCommand({ capacityProviders: [...providers] })
  const { capacityProviders } = await client.send(command)
  return (capacityProviders ?? []).flatMap(({ autoScalingGroupProvider }) => {
    const arn = autoScalingGroupProvider?.autoScalingGroupArn
    return arn ? [lastPart(arn)] : []
  })
}
