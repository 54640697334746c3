import type { Stack } from '../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../lib/aws/cloudformation.ts'
import type { StackContext } from './context.ts'
import type { Graph } from './graph/graph.ts'
import { nameStack } from './graph/stack-name.ts'

/** Describes the stacks of a graph that are deployed, by key; one that can only be deleted is none. */
export async function describeDeployed(graph: Graph, context: StackContext): Promise<Map<string, Stack>> {
  const found = await Promise.all(
    [...graph.keys()].map(async (key) => {
      const stack = await context.cloudFormation.describe(nameStack(context.inputs.prefix, key))
      return stack && !failedCreationStatuses.includes(stack.status) ? [[key, stack] as const] : []
    }),
  )
  return new Map(found.flat())
}
