import { DeleteTaskDefinitionsCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** Deletes revisions of task definitions: an update or the deletion of a stack only makes them inactive. */
export type TaskDefinitions = {
  /** Deletes all inactive revisions of a family, and returns how many there were. */
  deleteRevisions(family: string): Promise<number>
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
const revisionsOfACall = 10

/** Creates the adapter that deletes task definitions. */
export function makeTaskDefinitions(config: AwsConfig): TaskDefinitions {
  const client = makeClient(ECSClient, config)
  const listInactive = async (familyPrefix: string) => {
    const arns = await listPages(async (nextToken) => {
      const input = { familyPrefix, status: 'INACTIVE', nextToken } as const
      const page = await client.send(new ListTaskDefinitionsCommand(input))
      return { items: page.taskDefinitionArns ?? [], next: page.nextToken }
    })
    return arns.filter((arn) => arn.includes(`:task-definition/${familyPrefix}:`))
  }
  return {
    deleteRevisions: async (family) => {
      const inactive = await listInactive(family)
      await inBatches(inactive, revisionsOfACall, async (batch) => {
        await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [...batch] }))
        return []
      })
      return inactive.length
    },
  }
}
