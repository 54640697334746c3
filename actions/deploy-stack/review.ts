import type { ResourceChange } from '../../lib/aws/resource-change.ts'
import { UserError } from '../../lib/errors.ts'
import { listFirst } from '../../lib/quote.ts'

/** What a review found for one stack. */
export type ReviewedStack = {
  key: string
  /** Whether its change set was kept, and is what will be executed; else one is made then, and compared. */
  kept: boolean
  /** Whether the stack does not exist yet. */
  isNew: boolean
  changes: readonly ResourceChange[]
}

/** A review: the id that its change sets are named by, and its stacks. It holds no ARN, which a runner may mask. */
export type Review = { id: string; stacks: readonly ReviewedStack[] }

/** Names the change set that a review keeps. */
export const nameReviewed = (id: string): string => `review-${id}`

/** Writes a review as the output that a later job gives back. */
export const formatReview = ({ id, stacks }: Review): string =>
  JSON.stringify({
    id,
    stacks: stacks.map(({ key, kept, isNew, changes }) => [key, kept, isNew, changes.map(toCells)]),
  })

const toCells = ({ action, logicalId, type, replacement }: ResourceChange) => [
  ...[action, logicalId, type, replacement],
]

/** Parses the output of a review. Throws UserError where it is none. */
export function parseReview(text: string): Review {
  try {
    const { id, stacks } = Object(JSON.parse(text))
    if (!/^[0-9a-f]{32}$/.test(String(id)) || !Array.isArray(stacks))
      throw new Error('expected id and stacks')
    return { id: String(id), stacks: stacks.map(readStack) }
  } catch (error) {
    throw new UserError('review: expected the output "review" of a run with mode review', { cause: error })
  }
}

function readStack(value: unknown): ReviewedStack {
  const [key, kept, isNew, changes] = readList(value)
  return {
    key: String(key),
    kept: kept === true,
    isNew: isNew === true,
    changes: readList(changes).map((each) => {
      const [action, logicalId, type, replacement] = readList(each).map(String)
      if (action === undefined || logicalId === undefined || type === undefined)
        throw new Error('expected changes')
      return { action, logicalId, type, replacement: replacement ?? '' }
    }),
  }
}

function readList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('expected a list')
  return value
}

/**
 * Says in which changes a change set differs from its review; `undefined` where it does not. Of a stack that was not
 * there, the review had only the template: what a condition leaves out is no difference.
 */
export function findDifference(
  { changes: reviewed, isNew }: ReviewedStack,
  made: readonly ResourceChange[],
): string | undefined {
  const name = (change: ResourceChange) => toCells(change).filter(Boolean).join(' ')
  const [before, now] = [reviewed.map(name), made.map(name)]
  const added = now.filter((each) => !before.includes(each)).map((each) => `not reviewed: ${each}`)
  const gone = before.filter((each) => !now.includes(each)).map((each) => `no longer: ${each}`)
  const differences = isNew ? added : [...added, ...gone]
  return differences.length > 0 ? listFirst(differences, '; ') : undefined
}
