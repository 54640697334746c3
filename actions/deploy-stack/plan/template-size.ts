import { UserError } from '../../../lib/errors.ts'
import type { Inputs } from '../inputs.ts'
import type { Deployed } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** The longest template, in bytes, that CloudFormation accepts in the call; a larger one is read from a bucket. */
export const inlineBytes = 51_200

/** Verifies that a preview can give its templates in the call: it uploads nothing. Throws UserError. */
export function verifyTemplateSizes(
  steps: readonly StackStep[],
  deployed: Deployed,
  mode: Inputs['mode'],
): void {
  if (mode !== 'preview') return
  for (const { key, template } of steps) {
    const bytes = Buffer.byteLength(template.body)
    // Without a stack there is no call: its plan is the template.
    if (bytes <= inlineBytes || !deployed.has(key)) continue
    throw new UserError(
      `${template.path}: expected at most ${inlineBytes} bytes, since a preview uploads no template, got ${bytes}; make it shorter, divide the stack, or deploy without a preview`,
    )
  }
}
