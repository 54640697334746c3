import type { Outcome } from '../../lib/outcome.ts'
import { verifyAsset } from './apply/asset.ts'
import { type DestroyResult, destroyStacks } from './apply/destroy.ts'
import { type DriftResult, detectDrift } from './apply/drift.ts'
import type { StackResult } from './apply/outcome.ts'
import { findRetained } from './apply/retained.ts'
import { ensureRoles } from './apply/roles.ts'
import { runSteps } from './apply/schedule.ts'
import { verifyDeletable } from './apply/verify-deletable.ts'
import { type DeployContext, startRun } from './context.ts'
import type { Graph } from './graph/graph.ts'
import { linkImports } from './graph/link-imports.ts'
import { fillLocalValues } from './graph/local-values.ts'
import { readGraph, readTemplates } from './graph/read-graph.ts'
import { nameStacks } from './graph/stack-name.ts'
import type { Template } from './graph/template.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { dependentsOf, planDestroy, planStacks } from './plan/plan.ts'
import { verifyUnprotected } from './plan/protection.ts'
import { listSecrets } from './plan/secrets.ts'
import { prepare } from './prepare.ts'
import { describeDestruction, reportDestroyed } from './report/destroy.ts'
import { describeDrift, reportDrift } from './report/drift.ts'
import { describeDeployment, renderPlan, reportPlanned, reportStacks } from './report/report.ts'
import { addReview } from './report/review.ts'

/** Deploys, previews or destroys the stacks of a graph. */
export async function run(context: DeployContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const written = readGraph(inputs, context)
  const templates = readTemplates(written, context)
  const graph = linkImports(written, templates, inputs)
  if (inputs.mode === 'destroy') return await destroy(graph, templates, inputs, context)
  if (inputs.mode === 'drift') return await drift(graph, inputs, context)
  return await deploy(graph, templates, inputs, context)
}

async function drift(graph: Graph, inputs: Inputs, context: DeployContext): Promise<Outcome> {
  const entries = planDestroy(graph, inputs).toReversed()
  const run = await startRun(inputs, nameStacks(inputs.prefix, graph), context)
  const results: DriftResult[] = []
  context.remember(() => describeDrift(results))
  return reportDrift(await detectDrift(entries, run, results), inputs.failOnDrift)
}

async function deploy(
  written: Graph,
  templates: ReadonlyMap<string, Template>,
  inputs: Inputs,
  context: DeployContext,
): Promise<Outcome> {
  const graph = fillLocalValues(written, context)
  for (const secret of listSecrets(graph, templates, inputs.parameters)) context.log.mask(secret)
  // Mistakes in the inputs are reported before the first call to AWS.
  for (const { assets } of planStacks(graph, templates, inputs))
    for (const folder of assets.values()) await verifyAsset(folder, context.signal)
  const run = await startRun(inputs, nameStacks(inputs.prefix, graph), context)
  const { steps, deployed } = await prepare(graph, templates, run)
  const lines = renderPlan(inputs.mode, steps)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const changes = inputs.mode === 'deploy' || inputs.mode === 'execute'
  const existing = changes ? deployed : new Map()
  const deployment = { steps, deployed: existing, results: [] as StackResult[], operations: run.operations }
  context.remember(() => describeDeployment(deployment))
  if (changes) await ensureRoles(steps, run)
  // In the order of the plan, not as they came to their end.
  const results = await runSteps(steps, run, deployment.results)
  const outcome = reportStacks({ ...deployment, results })
  return inputs.mode === 'review' ? addReview(outcome, run.runToken, results) : outcome
}

async function destroy(
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
  const run = await startRun(inputs, names, context)
  const stacks = await verifyDeletable(entries, dependentsOf(graph, keys), run)
  const gone = keys.filter((key) => !stacks.has(key))
  const retained = await findRetained(graph, templates, gone, run)
  const destruction = { stackNames, results: [] as DestroyResult[], operations: run.operations }
  context.remember(() => describeDestruction(destruction))
  await destroyStacks(entries, retained, run, destruction.results)
  return reportDestroyed(destruction)
}
