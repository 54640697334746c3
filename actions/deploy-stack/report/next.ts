import { blocks, code, type Markdown, md, renderList } from '../../../lib/markdown.ts'
import { isSuccess, type StackResult } from '../apply/outcome.ts'

/** Says what a person can do next: call what was deployed, or make what was previewed. */
export function renderNext(results: readonly StackResult[]): Markdown {
  const steps = [...results.flatMap(listCalls), ...listPreviewed(results)]
  return steps.length === 0 ? md`` : blocks(md`**Next**`, renderList(steps))
}

function listCalls({ stackName, outcome }: StackResult): Markdown[] {
  if (!isSuccess(outcome)) return []
  const urls = [...outcome.outputs].filter(([, value]) => /^https?:\/\//.test(value))
  return urls.map(([name, value]) => md`call ${code(value)} (${name} of ${stackName})`)
}

function listPreviewed(results: readonly StackResult[]): Markdown[] {
  const previewed = results.flatMap(({ outcome }) => (outcome.kind === 'previewed' ? [outcome] : []))
  if (previewed.length === 0) return []
  if (previewed.some(({ kept }) => kept !== undefined))
    return [md`mode ${code('execute')} with the output ${code('review')} of this run makes these changes`]
  if (previewed.every(({ isNew, changes }) => !isNew && changes.length === 0)) return []
  return [md`mode ${code('deploy')} makes these changes`]
}
