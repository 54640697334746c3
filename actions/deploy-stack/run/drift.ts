import type { Outcome } from '../../../lib/outcome.ts'
import { type DriftResult, detectDrift } from '../apply/drift.ts'
import type { DeployContext } from '../context.ts'
import type { Graph } from '../graph/graph.ts'
import { nameStacks } from '../graph/stack-name.ts'
import type { Inputs } from '../inputs.ts'
import { planDestroy } from '../plan/plan.ts'
import { describeDrift, reportDrift } from '../report/drift.ts'
import { startRun } from './start-run.ts'

/** Reports what was changed beside CloudFormation. */
export async function drift(graph: Graph, inputs: Inputs, context: DeployContext): Promise<Outcome> {
  const entries = planDestroy(graph, inputs).toReversed()
  const results: DriftResult[] = []
  context.remember(() => describeDrift(results))
  const { run } = await startRun(inputs, { stackNames: nameStacks(inputs.prefix, graph), entries }, context)
  return reportDrift(await detectDrift(entries, run, results), inputs.failOnDrift)
}
