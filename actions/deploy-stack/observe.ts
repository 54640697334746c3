import type { Stack } from '../../lib/aws/cloudformation.ts'
import { deadStatuses } from './apply/deploy.ts'
import type { Run } from './apply/stack.ts'
import type { Graph } from './graph/graph.ts'
import { nameStack } from './plan/plan.ts'

/** Describes the stacks of a graph that are deployed, by key; one that can only be deleted is none. */
export async function describeDeployed(graph: Graph, run: Run): Promise<Map<string, Stack>> {
  const found = await Promise.all(
    [...graph.keys()].map(async (key) => {
      const stack = await run.cloudFormation.describe(nameStack(run.inputs.prefix, key))
      return stack && !deadStatuses.includes(stack.status) ? [[key, stack] as const] : []
    }),
  )
  return new Map(found.flat())
}
