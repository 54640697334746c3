import { ECSClient, GetTaskProtectionCommand, ListTasksCommand } from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** The calls to ECS that tell which tasks protect themselves from being stopped. */
export type TaskProtection = {
  /** Lists the protected tasks of a service, as ARNs. */
  list(cluster: string, service: string): Promise<string[]>
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html
const tasksOfACall = 100

/** Creates the adapter to the protection of tasks. */
export function makeTaskProtection(config: AwsConfig): TaskProtection {
  const client = makeClient(ECSClient, config)
  return {
    list: async (cluster, service) => {
      const arns = await listPages(async (nextToken) => {
        const page = await client.send(
          new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'RUNNING', nextToken }),
        )
        return { items: page.taskArns ?? [], next: page.nextToken }
      })
      return await inBatches(arns, tasksOfACall, async (tasks) => {
        const { protectedTasks } = await client.send(
          new GetTaskProtectionCommand({ cluster, tasks: [...tasks] }),
        )
        return (protectedTasks ?? []).flatMap(({ protectionEnabled, taskArn }) =>
          protectionEnabled && taskArn ? [taskArn] : [],
        )
      })
    },
  }
}
