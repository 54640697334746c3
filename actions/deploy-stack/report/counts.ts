import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import { type Markdown, md } from '../../../lib/markdown.ts'
import { countKinds } from '../../../lib/quote.ts'
import { isSuccess, type StackResult } from '../apply/outcome.ts'

/** Returns whether a change makes a new resource in place of the old one, or may do so. */
export const isReplaced = ({ replacement }: ResourceChange): boolean =>
  replacement === 'True' || replacement === 'Conditional'

/** Counts the changes of resources by what a person fears: what is replaced is neither modified nor added. */
export function countChanges(changes: readonly ResourceChange[]) {
  const replaced = changes.filter(isReplaced).length
  const count = (action: string) =>
    changes.filter((change) => change.action === action && !isReplaced(change)).length
  return {
    replaced,
    removed: count('Remove'),
    modified: count('Modify'),
    added: count('Add'),
    imported: count('Import'),
  }
}

/** Counts stacks by what became of them, and their resources, in one line. */
export function renderStackCounts(results: readonly StackResult[]): Markdown {
  const kinds = results.map(({ outcome: { kind } }) => (kind === 'no-changes' ? 'unchanged' : kind))
  const changes = results.flatMap(({ outcome }) =>
    isSuccess(outcome) && 'changes' in outcome ? outcome.changes : [],
  )
  const { added, modified, replaced, removed, imported } = countChanges(changes)
  const more = imported > 0 ? `, ${imported} imported` : ''
  const resources =
    changes.length > 0
      ? `; ${added} resource${added === 1 ? '' : 's'} added, ${modified} modified, ${replaced} replaced, ${removed} removed${more}`
      : ''
  return md`**${countKinds(kinds)}**${resources}.`
}
