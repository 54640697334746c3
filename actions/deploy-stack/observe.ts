import type { Stack } from '../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../lib/aws/cloudformation.ts'
import { mapConcurrently } from '../../lib/map-concurrently.ts'
import type { StackContext } from './context.ts'
import type { Graph } from './graph/graph.ts'
import { nameStack } from './graph/stack-name.ts'

// CloudFormation throttles an account as a whole.
const describesAtATime = 5

/** Describes the stacks of a graph that are deployed, by key; one that can only be deleted is none. */
export async function describeDeployed(graph: Graph, context: StackContext): Promise<Map<string, Stack>> {
  const { cloudFormation, inputs, signal } = context
  const found = await mapConcurrently(
    [...graph.keys()],
    { concurrency: describesAtATime, signal },
    async (key) => {
      const stack = await cloudFormation.describe(nameStack(inputs.prefix, key))
      return stack && !failedCreationStatuses.includes(stack.status) ? [[key, stack] as const] : []
    },
  )
  return new Map(found.flat())
}
