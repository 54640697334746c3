import type { Outcome } from '../../lib/outcome.ts'
import type { DeployContext } from './context.ts'
import { linkImports } from './graph/link-imports.ts'
import { readGraph, readTemplates } from './graph/read-graph.ts'
import { verifyTags } from './graph/tag.ts'
import { readInputs } from './inputs.ts'
import { runCheck, withoutWarnings } from './plan/check.ts'
import { verifyCredentials } from './plan/credentials.ts'
import { deploy } from './run/deploy.ts'
import { destroy } from './run/destroy.ts'
import { drift } from './run/drift.ts'
import { importResources } from './run/import.ts'

/** Does what the mode says with the stacks of a graph. */
export async function run(context: DeployContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  verifyTags(inputs.tags)
  const verify = withoutWarnings(() => verifyCredentials(context.env, inputs, context.clock.now()))
  for (const text of runCheck('credentials', inputs.checks, verify, 'warning')) context.log.warning(text)
  const written = readGraph(inputs, context)
  const templates = readTemplates(written, context)
  const graph = linkImports(written, templates, inputs)
  if (inputs.mode === 'destroy') return await destroy(graph, templates, inputs, context)
  if (inputs.mode === 'drift') return await drift(graph, inputs, context)
  if (inputs.mode === 'import') return await importResources(graph, templates, inputs, context)
  return await deploy(graph, templates, inputs, context)
}
