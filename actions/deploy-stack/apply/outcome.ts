import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import type { StackLinks } from '../../../lib/console.ts'
import type { Unfinished } from '../../../lib/ending.ts'
import type { Failure } from './failure.ts'

/** How the deployment of one stack ended. */
export type StackOutcome =
  | {
      kind: 'created' | 'changed' | 'imported'
      outputs: ReadonlyMap<string, string>
      changes: readonly ResourceChange[]
    }
  | { kind: 'no-changes'; outputs: ReadonlyMap<string, string> }
  | {
      kind: 'previewed'
      changes: readonly ResourceChange[]
      isNew: boolean
      notes?: PreviewNotes
      kept?: boolean
    }
  | ({ kind: 'rolled-back' | 'validation-failed' | 'timeout' | 'conflict' } & Failure)
  | ({ kind: 'not-started' | Unfinished } & Failure)

/** What a preview says besides the changes of resources, in sentences; values that are not known yet, and why. */
export type PreviewNotes = {
  unknown: readonly string[]
  outputs: readonly string[]
  tags: readonly string[]
  /** What a deployment does before. */
  first?: string | undefined
  /** How the changes were found, where CloudFormation could not tell them. */
  how?: string
  /** Why a deployment would be refused. */
  refused?: string | undefined
}

/** What became of one stack. */
export type StackResult = {
  key: string
  stackName: string
  outcome: StackOutcome
  /** Of a stack that is there, or was made. */
  links?: StackLinks | undefined
  /** Milliseconds since the epoch. */
  startedAt: number
  seconds: number
}

/** Returns whether the stacks that depend on a stack with this outcome can start. */
export function isSuccess(
  outcome: StackOutcome,
): outcome is Extract<StackOutcome, { kind: 'created' | 'changed' | 'imported' | 'no-changes' }> {
  return ['created', 'changed', 'imported', 'no-changes'].includes(outcome.kind)
}

const failures: readonly string[] = [
  'rolled-back',
  'validation-failed',
  'timeout',
  'conflict',
  'refused',
  'failed',
]

/** Returns the action's result for the outcomes of all stacks: cancelled, the first failure, or the greatest change. */
export function summarizeOutcomes(results: readonly StackResult[]): string {
  const kinds = results.map(({ outcome }) => outcome.kind)
  if (kinds.includes('cancelled')) return 'cancelled'
  const failure = kinds.find((kind) => failures.includes(kind))
  if (failure) return failure
  return (
    ['previewed', 'imported', 'created', 'changed'].find((kind) => kinds.some((each) => each === kind)) ??
    'no-changes'
  )
}
