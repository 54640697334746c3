import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** When a task got on, in epoch milliseconds; undefined where it has not come so far, or nobody has noted it. */
export type TaskTimes = {
  pullStartedAt: number | undefined
  pullStoppedAt: number | undefined
  startedAt: number | undefined
}

/** The calls to ECS that tell how tasks got on. */
export type TaskTimesReader = { list(cluster: string, service: string): Promise<TaskTimes[]> }

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
const tasksOfACall = 100

/** Creates the adapter to the times of tasks. */
export function makeTaskTimesReader(config: AwsConfig): TaskTimesReader {
  const client = makeClient(ECSClient, config)
  return {
    list: async (cluster, serviceName) => {
      const arns = await listPages(async (nextToken) => {
        const page = await client.send(new ListTasksCommand({ cluster, serviceName, nextToken }))
        return { items: page.taskArns ?? [], next: page.nextToken }
      })
      return await inBatches(arns, tasksOfACall, async (batch) => {
        const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: [...batch] }))
        return tasks.map(({ pullStartedAt, pullStoppedAt, startedAt }) => ({
          pullStartedAt: pullStartedAt?.getTime(),
          pullStoppedAt: pullStoppedAt?.getTime(),
          startedAt: startedAt?.getTime(),
        }))
      })
    },
  }
}
