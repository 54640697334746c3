import { codeBlock, type Markdown, md } from '../../../lib/markdown.ts'
import { isSuccess, type StackResult } from '../apply/outcome.ts'

/** Draws when each stack that was worked on began and ended, as a Gantt chart; nothing for a single one. */
export function renderTimeline(results: readonly StackResult[]): Markdown {
  const worked = results.filter(({ outcome }) => outcome.kind !== 'not-started')
  if (worked.length < 2) return md``
  const first = worked.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY)
  const bars = worked
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .map(({ stackName, outcome, startedAt, seconds }) => {
      const begin = Math.round((startedAt - first) / 1000)
      // A bar of no length is not drawn.
      const end = Math.max(begin + 1, Math.round(begin + seconds))
      return `  ${stackName} :${isSuccess(outcome) ? 'done' : 'crit'}, ${begin}, ${end}`
    })
  return codeBlock('mermaid', ['gantt', '  dateFormat X', '  axisFormat %M:%S', ...bars].join('\n'))
}
