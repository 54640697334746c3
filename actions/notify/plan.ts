import { blocks, code, type Markdown, md, renderTable } from '../../lib/markdown.ts'
import type { Inputs } from './inputs.ts'
import type { ReportedStack, WorkflowRun } from './observe.ts'

/** Writes the message: the title, what changes, the given text, and which run says so. */
export function writeMessage(
  { title, text }: Pick<Inputs, 'title' | 'text'>,
  stacks: readonly ReportedStack[] | undefined,
  run: WorkflowRun,
): Markdown {
  return blocks(
    md`### ${title}`,
    ...(stacks ? renderStacks(stacks) : []),
    // What the workflow writes is Markdown of its own.
    { markdown: text },
    renderRun(run),
  )
}

function renderStacks(stacks: readonly ReportedStack[]): Markdown[] {
  const changes = stacks.flatMap((stack) => stack.changes)
  const count = (action: string) => changes.filter((change) => change.action === action).length
  const replaced = changes.filter(({ replacement }) => replacement === 'True').length
  const counts = `${count('Add')} to add, ${count('Modify')} to change, ${count('Remove')} to remove`
  const changing = stacks.filter((stack) => stack.changes.length > 0)
  return [
    md`**${counts}**${replaced > 0 ? `; ${replaced} of them replaced` : ''}, in ${changing.length} of ${stacks.length} stacks.`,
    ...changing.map(renderStack),
  ]
}

function renderStack({ stackName, result, changes }: ReportedStack): Markdown {
  const rows = changes.map(({ action, logicalId, type, replacement }) => [
    action,
    code(logicalId),
    type,
    replacement === 'True' ? '⚠️ yes' : replacement === 'Conditional' ? 'maybe' : '',
  ])
  return blocks(
    md`<details><summary>${stackName}: ${result}, ${changes.length} changes</summary>`,
    renderTable(['action', 'resource', 'type', 'replaced'], rows),
    md`</details>`,
  )
}

function renderRun({ workflow, url, branch, actor, event }: WorkflowRun): Markdown {
  const name = url === '' ? md`${workflow}` : md`[${workflow}](${{ markdown: encodeURI(url) }})`
  return md`${name}${branch ? md` on ${code(branch)}` : ''}${event ? `, by ${event}` : ''}${actor ? ` of ${actor}` : ''}`
}

/** Writes the message for a chat, which knows no Markdown of ours: one line and the link. */
export function writeLine({ title }: Pick<Inputs, 'title'>, { workflow, url, branch }: WorkflowRun): string {
  const text = `${title} (${workflow}${branch ? ` on ${branch}` : ''})${url ? ` ${url}` : ''}`
  // https://docs.slack.dev/messaging/formatting-message-text#escaping
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
