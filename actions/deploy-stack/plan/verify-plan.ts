import type { Inputs } from '../inputs.ts'
import type { AccountState } from '../observe/account.ts'
import { type AccountChecks, listAccountChecks } from './account-checks.ts'
import { type Check, runCheck, withoutWarnings } from './check.ts'
import { verifyConstraints } from './constraint.ts'
import { verifyExports } from './export.ts'
import { judgeGpus } from './gpu.ts'
import { verifyImages } from './image.ts'
import type { Deployed, Place } from './known-values.ts'
import { verifyLogs } from './log-destination.ts'
import { judgeOffers } from './offer.ts'
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
  const warnings = runCheck(
    'task-size',
    checks,
    withoutWarnings(() => verifyTaskSize(steps, place, deployed)),
  )
  verifyTemplateSizes(steps, deployed, mode)
  return {
    account: listAccountChecks(steps, place, deployed, checks),
    warnings: [...listWarnings(steps, place, deployed), ...warnings],
  }
}

/** Verifies a plan against the account, and returns warnings. Throws UserError. */
export function verifyAccount(
  { subnets, gpus, images, offers, logs, exports }: AccountChecks,
  state: AccountState,
  severities: Inputs['checks'] = new Map(),
): string[] {
  const verifyAllSubnets = () => {
    for (const check of subnets) verifySubnets(check, state)
  }
  const run = (name: Check, check: () => readonly string[]) => runCheck(name, severities, check)
  return [
    ...run(
      'exports',
      withoutWarnings(() => verifyExports(exports, state)),
    ),
    ...run('subnets', withoutWarnings(verifyAllSubnets)),
    ...run(
      'image',
      withoutWarnings(() => verifyImages(images, state.images)),
    ),
    ...run(
      'log-destination',
      withoutWarnings(() => verifyLogs(logs, state)),
    ),
    ...run('instance-type', () => judgeOffers(offers, state)),
    ...run('gpu-quota', () => judgeGpus(gpus, state)),
  ]
}
