import type { Stack } from '../../lib/aws/cloudformation.ts'
import type { StackContext } from './context.ts'
import type { Graph } from './graph/graph.ts'
import type { Template } from './graph/template.ts'
import { observeAccount } from './observe/account.ts'
import { chooseDeployed, findExisting, listOwned, type Stacks } from './observe/stacks.ts'
import { readStored } from './observe/stored.ts'
import { planAdoptions } from './plan/adoption.ts'
import { listGuardedNames, verifyNamesStay } from './plan/guard.ts'
import { verifyStacksAreOurs } from './plan/ownership.ts'
import { findUserSupplied, planStacks, type StackStep } from './plan/plan.ts'
import { fillStored, listStored, listStoredSecrets } from './plan/stored.ts'
import { verifyAccount, verifyPlan } from './plan/verify-plan.ts'

/** Plans a deployment from what exists, after every check that needs the account. Throws UserError; changes nothing. */
export async function prepare(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  stacks: Stacks,
  run: StackContext,
): Promise<{ steps: StackStep[]; deployed: ReadonlyMap<string, Stack> }> {
  const { inputs } = run
  const deployed = chooseDeployed(stacks)
  const keys = new Set(deployed.keys())
  const chosen = planStacks(graph, templates, inputs, findUserSupplied(graph, inputs, deployed), keys)
  const stored = await readStored(listStored(chosen), run)
  for (const secret of listStoredSecrets(chosen, stored)) run.log.mask(secret)
  const planned = fillStored(chosen, stored)
  verifyStacksAreOurs(planned, stacks, inputs)
  const place = { ...run.connections, prefix: inputs.prefix }
  const { account, warnings } = verifyPlan(planned, inputs, place, deployed, templates)
  const found = verifyAccount(account, await observeAccount(account, run), inputs.checks)
  for (const text of [...warnings, ...found]) run.log.warning(text)
  const names = listGuardedNames(planned, place, deployed)
  const owned = await listOwned(names, stacks, run)
  verifyNamesStay(names, owned, deployed)
  const steps = planAdoptions(planned, await findExisting(names, stacks, owned, run), inputs)
  return { steps, deployed }
}
