import type { Outcome } from '../../../lib/outcome.ts'
import { verifyArtifacts } from '../apply/artifacts.ts'
import { verifyAsset } from '../apply/asset.ts'
import { ensureRoles } from '../apply/roles.ts'
import { runStack } from '../apply/stack.ts'
import type { DeployContext } from '../context.ts'
import type { Graph } from '../graph/graph.ts'
import { fillLocalValues } from '../graph/local-values.ts'
import { nameStacks } from '../graph/stack-name.ts'
import type { Template } from '../graph/template.ts'
import { verifyTemplates } from '../graph/verify.ts'
import type { Inputs } from '../inputs.ts'
import { makeFindHourlyPrice } from '../plan/hourly-price.ts'
import { planStacks } from '../plan/plan.ts'
import { listSecrets } from '../plan/secrets.ts'
import { prepare } from '../prepare.ts'
import { renderPlan, reportPlanned } from '../report/report.ts'
import { addReview } from '../report/review.ts'
import { runPlan } from './run-plan.ts'
import { startRun } from './start-run.ts'

/** Deploys, previews or reviews the stacks of a graph, or executes what was reviewed. */
export async function deploy(
  written: Graph,
  templates: ReadonlyMap<string, Template>,
  inputs: Inputs,
  context: DeployContext,
): Promise<Outcome> {
  const graph = fillLocalValues(written, context)
  for (const secret of listSecrets(graph, templates, inputs.parameters)) context.log.mask(secret)
  // Mistakes in the inputs are reported before the first call to AWS.
  const chosen = planStacks(graph, templates, inputs)
  verifyTemplates(templates, inputs.parameters)
  for (const { assets, template } of chosen) {
    for (const folder of assets.values()) await verifyAsset(folder, context.signal)
    await verifyArtifacts(template, context.signal)
  }
  const look = {
    stackNames: nameStacks(inputs.prefix, graph),
    entries: [...graph.values()],
    texts: !inputs.dryRun,
  }
  const { run, stacks } = await startRun(inputs, look, context)
  const { steps, deployed } = await prepare(graph, templates, stacks, run)
  const lines = renderPlan(inputs.mode, steps)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const changes = inputs.mode === 'deploy' || inputs.mode === 'execute'
  const toChange = changes ? { deployed, begin: () => ensureRoles(steps, run) } : {}
  const findPrice = makeFindHourlyPrice(steps, { ...run.connections, prefix: inputs.prefix }, deployed)
  const plan = { steps, findPrice, work: runStack, ...toChange }
  const { outcome, results } = await runPlan(plan, run, context)
  return inputs.mode === 'review' ? addReview(outcome, run.runToken, results) : outcome
}
