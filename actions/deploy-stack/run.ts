import type { Outcome } from '../../lib/outcome.ts'
import { type DestroyResult, destroyStacks, verifyDeletable } from './apply/destroy.ts'
import type { StackResult } from './apply/outcome.ts'
import { ensureRoles } from './apply/roles.ts'
import { runSteps } from './apply/schedule.ts'
import { type DeployContext, startRun } from './context.ts'
import { type Graph, parseGraph } from './graph/graph.ts'
import { nameStack } from './graph/stack-name.ts'
import { chooseStacksFile } from './graph/stacks-file.ts'
import { parseTemplate } from './graph/template.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { dependentsOf, planDestroy, planStacks } from './plan/plan.ts'
import { listSecrets } from './plan/secrets.ts'
import { prepare } from './prepare.ts'
import { describeDestruction, reportDestroyed } from './report/destroy.ts'
import { describeDeployment, renderPlan, reportPlanned, reportStacks } from './report/report.ts'

/** Deploys, previews or destroys the stacks of a graph. */
export async function run(context: DeployContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const { path, reason } = chooseStacksFile(inputs.stacks, context.stacksFiles)
  context.log.info(`stacks: ${path}, ${reason}`)
  const graph = parseGraph(context.readFile(path), path)
  return inputs.mode === 'destroy'
    ? await destroy(graph, inputs, context)
    : await deploy(graph, inputs, context)
}

async function deploy(graph: Graph, inputs: Inputs, context: DeployContext): Promise<Outcome> {
  const templates = new Map(
    [...graph.values()].map(({ key, template }) => [
      key,
      parseTemplate(context.readFile(template), template),
    ]),
  )
  for (const secret of listSecrets(graph, templates, inputs.parameters)) context.log.mask(secret)
  // Mistakes in the inputs are reported before the first call to AWS.
  planStacks(graph, templates, inputs)
  const run = await startRun(inputs, context)
  const { steps, deployed } = await prepare(graph, templates, run)
  const lines = renderPlan(inputs.mode, steps)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const existing = inputs.mode === 'deploy' ? deployed : new Map()
  const deployment = { steps, deployed: existing, results: [] as StackResult[], operations: run.operations }
  context.remember(() => describeDeployment(deployment))
  if (inputs.mode === 'deploy') await ensureRoles(steps, run)
  // In the order of the plan, not as they came to their end.
  const results = await runSteps(steps, run, deployment.results)
  return reportStacks({ ...deployment, results })
}

async function destroy(graph: Graph, inputs: Inputs, context: DeployContext): Promise<Outcome> {
  const entries = planDestroy(graph, inputs)
  const keys = entries.map(({ key }) => key)
  const stackNames = keys.map((key) => nameStack(inputs.prefix, key))
  const lines = stackNames.map((name) => `destroy ${name}`)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const run = await startRun(inputs, context)
  await verifyDeletable(entries, dependentsOf(graph, keys), run)
  const destruction = { stackNames, results: [] as DestroyResult[], operations: run.operations }
  context.remember(() => describeDestruction(destruction))
  await destroyStacks(entries, run, destruction.results)
  return reportDestroyed(destruction)
}
