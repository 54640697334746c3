import type { Outcome } from '../../../lib/outcome.ts'
import { type DestroyResult, destroyStacks } from '../apply/destroy.ts'
import { findRetained } from '../apply/retained.ts'
import { verifyDeletable } from '../apply/verify-deletable.ts'
import type { DeployContext } from '../context.ts'
import type { Graph } from '../graph/graph.ts'
import { nameStacks } from '../graph/stack-name.ts'
import type { Template } from '../graph/template.ts'
import type { Inputs } from '../inputs.ts'
import { dependentsOf, planDestroy } from '../plan/plan.ts'
import { verifyUnprotected } from '../plan/protection.ts'
import { describeDestruction, reportDestroyed } from '../report/destroy.ts'
import { reportPlanned } from '../report/report.ts'
import { startRun } from './start-run.ts'

/** Destroys stacks of a graph, after every guard. */
export async function destroy(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  inputs: Inputs,
  context: DeployContext,
): Promise<Outcome> {
  const entries = planDestroy(graph, inputs)
  const keys = entries.map(({ key }) => key)
  const names = nameStacks(inputs.prefix, graph)
  verifyUnprotected(entries, names, inputs.allow)
  const stackNames = keys.map((key) => names.get(key) ?? key)
  const lines = stackNames.map((name) => `destroy ${name}`)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const { run, stacks } = await startRun(inputs, { stackNames: names, entries }, context)
  await verifyDeletable(entries, stacks, dependentsOf(graph, keys), run)
  const gone = keys.filter((key) => !stacks.has(key))
  const retained = await findRetained(graph, templates, gone, run)
  const destruction = { stackNames, results: [] as DestroyResult[], operations: run.operations }
  context.remember(() => describeDestruction(destruction))
  await destroyStacks(entries, retained, run, destruction.results)
  return reportDestroyed(destruction)
}
