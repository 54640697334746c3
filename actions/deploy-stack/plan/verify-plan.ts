import type { Inputs } from '../inputs.ts'
import type { AccountState } from '../observe/account.ts'
import { type AccountChecks, listAccountChecks } from './account-checks.ts'
import { runCheck } from './check.ts'
import { verifyConstraints } from './constraint.ts'
import { judgeGpus } from './gpu.ts'
import { verifyImages } from './image.ts'
import type { Deployed, Place } from './known-values.ts'
import { verifyComplete } from './parameter.ts'
import type { StackStep } from './plan.ts'
import { verifySubnets } from './subnets.ts'
import { verifyTaskSize } from './task-size.ts'
import { verifyTemplateSizes } from './template-size.ts'
import { listWarnings } from './warning.ts'

/** Verifies parameters and templates of a plan before anything is changed, and lists what only the account tells. Throws UserError. */
export function verifyPlan(
  steps: readonly StackStep[],
  { mode, checks }: Pick<Inputs, 'mode' | 'checks'>,
  place: Place,
  deployed: Deployed,
): { account: AccountChecks; warnings: readonly string[] } {
  verifyComplete(steps, deployed, mode)
  verifyConstraints(steps, place, deployed)
  const warnings = runCheck('task-size', checks, () => {
    verifyTaskSize(steps, place, deployed)
    return []
  })
  verifyTemplateSizes(steps, deployed, mode)
  return {
    account: listAccountChecks(steps, place, deployed, checks),
    warnings: [...listWarnings(steps, place, deployed), ...warnings],
  }
}

/** Verifies a plan against the account, and returns warnings. Throws UserError. */
export function verifyAccount(
  { subnets, gpus, images }: AccountChecks,
  state: AccountState,
  severities: Inputs['checks'] = new Map(),
): string[] {
  return [
    ...runCheck('subnets', severities, () => {
      for (const check of subnets) verifySubnets(check, state)
      return []
    }),
    ...runCheck('image', severities, () => {
      verifyImages(images, state.images)
      return []
    }),
    ...runCheck('gpu-quota', severities, () => judgeGpus(gpus, state)),
  ]
}
