import { hasLoops, verifyLimits } from '../graph/limits.ts'
import type { Template } from '../graph/template.ts'
import type { Inputs } from '../inputs.ts'
import type { AccountState } from '../observe/account.ts'
import { type AccountChecks, listAccountChecks } from './account-checks.ts'
import { judgeCertificates } from './certificate.ts'
import { type Check, runCheck, withoutWarnings } from './check.ts'
import { verifyConstraints } from './constraint.ts'
import { verifyExports } from './export.ts'
import { judgeGpus } from './gpu.ts'
import { verifyImages } from './image.ts'
import { listCertainValues, listKeys, verifyKnownParameters } from './known-parameters.ts'
import { type Deployed, type Place, placeScope } from './known-values.ts'
import { verifyLogs } from './log-destination.ts'
import { judgeOffers } from './offer.ts'
import { verifyComplete } from './parameter.ts'
import type { StackStep } from './plan.ts'
import { verifySubnets } from './subnets.ts'
import { verifyTaskSize } from './task-size.ts'
import { listWarnings } from './warning.ts'

/**
 * Verifies parameters and templates of a plan before anything is changed, and lists what only the account tells;
 * `templates` are those of all stacks of the graph. Throws UserError.
 */
export function verifyPlan(
  steps: readonly StackStep[],
  { mode, checks }: Pick<Inputs, 'mode' | 'checks'>,
  place: Place,
  deployed: Deployed,
  templates: ReadonlyMap<string, Template>,
): { account: AccountChecks; warnings: readonly string[] } {
  verifyComplete(steps, deployed, mode)
  verifyKnownParameters(steps, place, deployed)
  verifyTemplates(steps, place, deployed)
  verifyConstraints(steps, place, deployed)
  const verifySize = withoutWarnings(() => verifyTaskSize(steps, place, deployed))
  const warnings = runCheck('task-size', checks, verifySize)
  return {
    account: listAccountChecks(steps, place, deployed, checks, templates),
    warnings: [...listWarnings(steps, place, deployed), ...warnings],
  }
}

// All were verified before the first call; with what the account tells, more loops can be unrolled.
function verifyTemplates(steps: readonly StackStep[], place: Place, deployed: Deployed): void {
  const planned = listKeys(steps)
  for (const step of steps.filter(({ template }) => hasLoops(template))) {
    const values = listCertainValues(step, planned, place, deployed)
    verifyLimits(step.template, placeScope(step.template, values, step.stackName, place))
  }
}

/** Verifies a plan against the account, and returns warnings. Throws UserError. */
export function verifyAccount(
  { subnets, gpus, images, offers, certificates, logs, exports }: AccountChecks,
  state: AccountState,
  severities: Inputs['checks'] = new Map(),
): string[] {
  const verify = (name: Check, check: () => void) => runCheck(name, severities, withoutWarnings(check))
  return [
    ...verify('exports', () => verifyExports(exports, state)),
    ...verify('subnets', () => verifySubnets(subnets, state)),
    ...verify('image', () => verifyImages(images, state.images)),
    ...verify('log-destination', () => verifyLogs(logs, state)),
    ...runCheck('certificate', severities, () => judgeCertificates(certificates, state)),
    ...runCheck('instance-type', severities, () => judgeOffers(offers, state)),
    ...runCheck('gpu-quota', severities, () => judgeGpus(gpus, state)),
  ]
}
