import { blocks, md } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { importIntoStack } from '../apply/imports.ts'
import type { DeployContext, StackContext } from '../context.ts'
import type { Graph } from '../graph/graph.ts'
import { fillLocalValues } from '../graph/local-values.ts'
import { nameStacks } from '../graph/stack-name.ts'
import type { Template } from '../graph/template.ts'
import { verifyTemplates } from '../graph/verify.ts'
import type { Inputs } from '../inputs.ts'
import { observeImports } from '../observe/imports.ts'
import { chooseDeployed, listOwned, type Stacks } from '../observe/stacks.ts'
import {
  chooseImports,
  describeImports,
  type ImportStep,
  listImportingStacks,
  planImports,
} from '../plan/imports.ts'
import { listKnownScope } from '../plan/known-values.ts'
import { verifyStacksAreOurs } from '../plan/ownership.ts'
import { planStacks, type StackStep } from '../plan/plan.ts'
import { reportPlanned } from '../report/report.ts'
import { runPlan } from './run-plan.ts'
import { startRun } from './start-run.ts'

/** Imports resources that exist into stacks, and changes nothing else. */
export async function importResources(
  written: Graph,
  templates: ReadonlyMap<string, Template>,
  inputs: Inputs,
  context: DeployContext,
): Promise<Outcome> {
  const graph = fillLocalValues(written, context)
  const only = listImportingStacks(inputs.imports, graph)
  const planned = planStacks(graph, templates, { ...inputs, only })
  // CloudFormation would not take the next deployment, nor a name as it must not be.
  verifyTemplates(new Map(planned.map(({ key, template }) => [key, template])), inputs.parameters)
  const look = { stackNames: nameStacks(inputs.prefix, graph), entries: planned }
  const { run, stacks } = await startRun(inputs, look, context)
  const steps = await prepareImports(planned, stacks, run)
  const lines = describeImports(steps)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const { outcome } = await runPlan({ steps, work: importIntoStack }, run, context)
  if (outcome.failure !== undefined) return outcome
  const next = md`The next deployment gives what was imported the settings of its template; \`mode: preview\` shows them.`
  return { ...outcome, summary: blocks(outcome.summary, next) }
}

async function prepareImports(
  planned: readonly StackStep[],
  stacks: Stacks,
  run: StackContext,
): Promise<ImportStep[]> {
  const { inputs, connections } = run
  const deployed = chooseDeployed(stacks)
  const place = { ...connections, prefix: inputs.prefix }
  const steps = planImports(inputs.imports, planned, (step) => listKnownScope(step, place, deployed))
  const owned = await listOwned(planned, deployed, run)
  verifyStacksAreOurs(steps.filter(holdsMore(owned)), stacks, inputs)
  return chooseImports(steps, owned, await observeImports(steps, stacks, run))
}

// An import leaves a stack without tags: one that was interrupted then is finished by the next.
const holdsMore = (owned: ReadonlyMap<string, string>) => (step: ImportStep) =>
  [...owned.keys()].some(
    (name) =>
      name.startsWith(`${step.key}.`) &&
      !step.resources.some(({ logicalId }) => name === `${step.key}.${logicalId}`),
  )
