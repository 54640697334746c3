import type { Outcome } from '../../../lib/outcome.ts'
import type { StackResult } from '../apply/outcome.ts'
import { formatReview, nameReviewed } from '../review.ts'

/** Adds to the report of a review the output that a later job gives back; `token` names the run. */
export function addReview(outcome: Outcome, token: string, results: readonly StackResult[]): Outcome {
  if (outcome.failure !== undefined) return outcome
  const id = token.slice(nameReviewed('').length)
  const stacks = results.flatMap(({ key, outcome }) =>
    outcome.kind === 'previewed'
      ? [{ key, kept: outcome.kept ?? false, isNew: outcome.isNew, changes: outcome.changes }]
      : [],
  )
  return { ...outcome, outputs: { ...outcome.outputs, review: formatReview({ id, stacks }) } }
}
