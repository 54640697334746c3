import type { Inputs } from '../inputs.ts'
import { verifyConstraints } from './constraint.ts'
import type { Deployed, Place } from './known-values.ts'
import { verifyComplete } from './parameter.ts'
import type { StackStep } from './plan.ts'
import { verifyTaskSize } from './task-size.ts'
import { verifyTemplateSizes } from './template-size.ts'

/** Verifies the parameters and templates of a plan before anything is changed. Throws UserError. */
export function verifyPlan(
  steps: readonly StackStep[],
  mode: Inputs['mode'],
  place: Place,
  deployed: Deployed,
): void {
  verifyComplete(steps, deployed, mode)
  verifyConstraints(steps, place, deployed)
  verifyTaskSize(steps, place, deployed)
  verifyTemplateSizes(steps, deployed, mode)
}
