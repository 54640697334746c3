import { blocks, type Markdown, md } from '../../lib/markdown.ts'
import type { Outcome } from '../../lib/outcome.ts'

/** Reports a dry run. */
export const reportPlanned = (message: Markdown): Outcome => ({
  outputs: { result: 'planned' },
  summary: blocks(md`## Planned message`, message),
  report: { result: 'planned', message: message.markdown },
})

/** Reports a message that was left; `url` is where it stands, empty for a chat. */
export const reportLeft = (result: string, url: string, title: string): Outcome => ({
  outputs: { result, url },
  summary: url === '' ? md`${title}: ${result}` : md`[${title}](${{ markdown: encodeURI(url) }}): ${result}`,
  report: { result, url },
})
