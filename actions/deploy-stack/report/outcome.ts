import type { ResourceChange } from '../../../lib/aws/cloudformation.ts'

/** How the deployment of one stack ended. */
export type Ending =
  | { kind: 'created' | 'changed'; outputs: ReadonlyMap<string, string>; changes: readonly ResourceChange[] }
  | { kind: 'no-changes'; outputs: ReadonlyMap<string, string> }
  | { kind: 'previewed'; changes: readonly ResourceChange[]; isNew: boolean }
  | { kind: 'rolled-back' | 'validation-failed' | 'timeout' | 'conflict'; cause: string }
  | { kind: 'not-started'; cause: string }

/** What became of one stack. */
export type StackResult = { key: string; stackName: string; ending: Ending; seconds: number }

/** Tells whether an ending lets the stacks behind it start. */
export function isSuccess(
  ending: Ending,
): ending is Extract<Ending, { kind: 'created' | 'changed' | 'no-changes' }> {
  return ending.kind === 'created' || ending.kind === 'changed' || ending.kind === 'no-changes'
}

/** Reduces the endings of all stacks to the action's result: the first failure, or the greatest change. */
export function summarizeEndings(results: readonly StackResult[]): string {
  const kinds = results.map(({ ending }) => ending.kind)
  const failure = kinds.find((kind) =>
    ['rolled-back', 'validation-failed', 'timeout', 'conflict'].includes(kind),
  )
  if (failure) return failure
  return (
    ['previewed', 'created', 'changed'].find((kind) => kinds.some((each) => each === kind)) ?? 'no-changes'
  )
}
