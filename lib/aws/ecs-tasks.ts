import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { lastPart } from './arn.ts'
import { listPages } from './pages.ts'

/** An instance that has registered with a cluster. */
export type ContainerInstance = {
  arn: string
  /** Id of the EC2 instance. */
  id: string
  /** Such as g4dn.xlarge. */
  type: string
  /** Tasks on it, also those that stop. */
  tasks: number
  /** Whether its agent answers: ECS shows an instance that has ended for some minutes, without its agent. */
  isConnected: boolean
}

/** A task that is to run. */
export type EcsTask = {
  id: string
  /** Undefined where no service has started it. */
  service: string | undefined
  /** Family of its task definition. */
  family: string
  /** ARN of the container instance; undefined while the task waits for one. */
  instance: string | undefined
  /** Where it waits for an instance; undefined with a launch type. */
  capacityProvider: string | undefined
}

/** The calls to ECS that tell who uses the instances of a cluster. */
export type ClusterTasks = {
  listInstances(cluster: string): Promise<ContainerInstance[]>
  listTasks(cluster: string): Promise<EcsTask[]>
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html, …_DescribeTasks.html
const itemsOfACall = 100

/** Makes the calls that tell who uses the instances of a cluster. */
export const makeClusterTasks = (client: ECSClient): ClusterTasks => ({
  listInstances: async (cluster) => {
    const arns = await listPages(async (nextToken) => {
      const page = await client.send(new ListContainerInstancesCommand({ cluster, nextToken }))
      return { items: page.containerInstanceArns ?? [], next: page.nextToken }
    })
    return await inBatches(arns, itemsOfACall, (batch) => describeInstances(client, cluster, batch))
  },
  listTasks: async (cluster) => {
    const arns = await listPages(async (nextToken) => {
      const page = await client.send(new ListTasksCommand({ cluster, nextToken }))
      return { items: page.taskArns ?? [], next: page.nextToken }
    })
    return await inBatches(arns, itemsOfACall, (batch) => describeTasks(client, cluster, batch))
  },
})

async function describeInstances(
  client: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<ContainerInstance[]> {
  const input = { cluster, containerInstances: [...arns] }
  const { containerInstances = [] } = await client.send(new DescribeContainerInstancesCommand(input))
  return containerInstances.map((each) => ({
    arn: each.containerInstanceArn ?? '',
    id: each.ec2InstanceId ?? '',
    type: each.attributes?.find(({ name }) => name === 'ecs.instance-type')?.value ?? '',
    tasks: (each.runningTasksCount ?? 0) + (each.pendingTasksCount ?? 0),
    isConnected: each.agentConnected !== false,
  }))
}

const servicePrefix = 'service:'

async function describeTasks(
  client: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<EcsTask[]> {
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }))
  // One that has stopped since it was listed uses nothing.
  const living = tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  return living.map(({ taskArn = '', taskDefinitionArn = '', group = '', ...task }) => ({
    id: lastPart(taskArn),
    service: group.startsWith(servicePrefix) ? group.slice(servicePrefix.length) : undefined,
    family: lastPart(taskDefinitionArn).replace(/:\d+$/, ''),
    instance: task.containerInstanceArn,
    capacityProvider: task.capacityProviderName,
  }))
}
