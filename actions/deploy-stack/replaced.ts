import { deadStatuses } from './deploy.ts'
import type { Graph } from './graph.ts'
import { findReplaced, nameStack } from './plan.ts'
import type { Run } from './stack.ts'

/** Asks which optional stacks the user's own resources stand for. */
export async function describeReplaced(graph: Graph, run: Run): Promise<Set<string>> {
  const keys = [...graph.keys()]
  const stacks = await Promise.all(
    keys.map((key) => run.cloudFormation.describe(nameStack(run.inputs.prefix, key))),
  )
  const isDeployed = (at: number) => stacks[at] !== undefined && !deadStatuses.includes(stacks[at].status)
  return findReplaced(graph, run.inputs, new Set(keys.filter((_, at) => isDeployed(at))))
}
