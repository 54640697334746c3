import type { Outcome } from '../../lib/action.ts'
import { UserError } from '../../lib/errors.ts'
import { destroyStacks } from './apply/destroy.ts'
import { runSteps } from './apply/schedule.ts'
import type { DeployContext, StackContext } from './context.ts'
import { type Graph, parseGraph } from './graph/graph.ts'
import { nameStack } from './graph/stack-name.ts'
import { parseTemplate } from './graph/template.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { describeDeployed } from './observe.ts'
import { verifyComplete } from './plan/parameter.ts'
import { dependentsOf, findUserSupplied, planDestroy, planStacks } from './plan/plan.ts'
import { listServiceLinkedRoles } from './plan/roles.ts'
import { renderPlan, reportDestroyed, reportPlanned, reportStacks } from './report/report.ts'

/** Deploys, previews or destroys the stacks of a graph. */
export async function run(context: DeployContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const graph = parseGraph(context.readFile(inputs.stacks), inputs.stacks)
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
  // A mistake in the inputs is told before AWS is asked.
  planStacks(graph, templates, inputs)
  const run = await connect(inputs, context)
  const deployed = await describeDeployed(graph, run)
  const userSupplied = findUserSupplied(graph, inputs, new Set(deployed.keys()))
  const steps = planStacks(graph, templates, inputs, userSupplied)
  verifyComplete(steps, deployed, inputs.mode)
  const lines = renderPlan(inputs.mode, steps)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  if (inputs.mode === 'deploy') {
    for (const service of listServiceLinkedRoles(steps.map(({ template }) => template))) {
      const created = await run.connections.ensureServiceLinkedRole(service)
      if (created) context.log.info(`created the service-linked role of ${service}`)
    }
  }
  return reportStacks(await runSteps(steps, run))
}

async function destroy(graph: Graph, inputs: Inputs, context: DeployContext): Promise<Outcome> {
  const entries = planDestroy(graph, inputs)
  const keys = entries.map(({ key }) => key)
  const lines = keys.map((key) => `destroy ${nameStack(inputs.prefix, key)}`)
  for (const line of lines) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(lines)
  const run = await connect(inputs, context)
  for (const key of dependentsOf(graph, keys)) {
    if (!(await run.cloudFormation.describe(nameStack(inputs.prefix, key)))) continue
    throw new UserError(
      `only: the stack "${key}" is deployed and depends on what would go; add it to the list`,
    )
  }
  return reportDestroyed(await destroyStacks(entries, run))
}

async function connect(inputs: Inputs, context: DeployContext): Promise<StackContext> {
  const { log, clock, signal } = context
  const connections = await context.connect(inputs.prefix)
  return {
    inputs,
    connections,
    cloudFormation: connections.cloudFormation,
    changeSetName: `${inputs.mode}-${context.makeId()}`,
    log,
    clock,
    signal,
    deadline: clock.now() + inputs.timeoutSeconds * 1000,
  }
}
