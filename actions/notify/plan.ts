import { blocks, code, type Markdown, md } from '../../lib/markdown.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowRun } from './observe.ts'

/** Writes the message: the title, which run says so, the given text, and the summary of an action. */
export function writeMessage(
  { title, text }: Pick<Inputs, 'title' | 'text'>,
  summary: Markdown,
  run: WorkflowRun,
): Markdown {
  // What the workflow writes is Markdown of its own. The summary may be cut at its end, to fit.
  return blocks(md`## ${title}`, renderRun(run), { markdown: text }, summary)
}

function renderRun({ workflow, url, branch, actor, event }: WorkflowRun): Markdown {
  const name = url === '' ? md`${workflow}` : md`[${workflow}](${{ markdown: encodeURI(url) }})`
  return md`${name}${branch ? md` on ${code(branch)}` : ''}${event ? `, by ${event}` : ''}${actor ? ` of ${actor}` : ''}`
}

/** Writes the message for a chat, which knows no Markdown of ours: one line and the link. */
export function writeLine({ title }: Pick<Inputs, 'title'>, { workflow, url, branch }: WorkflowRun): string {
  const text = `${title} (${workflow}${branch ? ` on ${branch}` : ''})${url ? ` ${url}` : ''}`
  // https://docs.slack.dev/messaging/formatting-message-text#escaping
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // In Mattermost and Rocket.Chat a bare @channel calls everybody; with a character of no width behind @, nobody.
  return escaped.replaceAll(/@(?=\S)/g, '@\u200b')
}
