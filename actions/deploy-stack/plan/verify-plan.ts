import type { Inputs } from '../inputs.ts'
import type { AccountState } from '../observe/account.ts'
import { type AccountChecks, listAccountChecks } from './account-checks.ts'
import { verifyConstraints } from './constraint.ts'
import { judgeGpus } from './gpu.ts'
import type { Deployed, Place } from './known-values.ts'
import { verifyComplete } from './parameter.ts'
import type { StackStep } from './plan.ts'
import { verifySubnets } from './subnets.ts'
import { verifyTaskSize } from './task-size.ts'
import { verifyTemplateSizes } from './template-size.ts'

/** Verifies parameters and templates of a plan before anything is changed, and lists what only the account tells. Throws UserError. */
export function verifyPlan(
  steps: readonly StackStep[],
  mode: Inputs['mode'],
  place: Place,
  deployed: Deployed,
): AccountChecks {
  verifyComplete(steps, deployed, mode)
  verifyConstraints(steps, place, deployed)
  verifyTaskSize(steps, place, deployed)
  verifyTemplateSizes(steps, deployed, mode)
  return listAccountChecks(steps, place, deployed)
}

/** Verifies a plan against the account, and returns warnings. Throws UserError. */
export function verifyAccount(checks: AccountChecks, state: AccountState): string[] {
  for (const check of checks.subnets) verifySubnets(check, state)
  return judgeGpus(checks.gpus, state)
}
