import { visible } from './visible.ts'

/** GitHub drops a step's summary above 1 MiB while the step stays green; this leaves room for the notice. */
export const summaryBudgetBytes = 1_000_000

/** Text that is Markdown already: whatever came from outside is escaped in it. */
export type Markdown = { readonly markdown: string }

/**
 * Writes Markdown: the template's own text acts, and each value is text that stands as it is, whatever is in it.
 * A value that is Markdown already is taken over.
 */
export function md(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Markdown)[]
): Markdown {
  const texts = parts.map((part, at) => part + renderValue(values[at] ?? ''))
  return { markdown: texts.join('') }
}

const renderValue = (value: string | number | Markdown) =>
  typeof value === 'object' ? value.markdown : escapeMarkdown(String(value))

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&vert;' }
// GitHub makes links of these in rendered text too, where a backslash is gone: only a character between keeps
// them apart. It has no width.
const space = '&#8203;'
const links = /:(?=\/\/)|@(?=\S)|#(?=\d)|www(?=\.)|\bGH(?=-\d)/gi

/**
 * Escapes text, so that it acts nowhere in Markdown: not at the start of a line, in a table's cell, a list or a
 * heading. A mention, reference or address gets a space without width, and is no link; line breaks become visible.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_[\]~$]/g, '\\$&')
    .replace(/[&<>|]/g, (character) => entities[character] ?? '')
    .replace(links, `$&${space}`)
    .replace(/^\s+/, (start) => '&#32;'.repeat(start.length))
    .replace(/^([#+=-])/, '\\$1')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
}

// Within a line of HTML nothing else acts, and a backslash would show.
const escapeHtml = (text: string) =>
  visible(text)
    .replace(/[&<>]/g, (character) => entities[character] ?? '')
    .replace(links, `$&${space}`)

/** Writes text as code, in which nothing acts and nothing is a link; for names that people copy. */
export function code(text: string): Markdown {
  const shown = visible(text)
  if (shown.trim() === '') return { markdown: escapeMarkdown(text) }
  const fence = '`'.repeat(longestRun(shown) + 1)
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : ''
  return { markdown: `${fence}${pad}${shown}${pad}${fence}` }
}

/** Writes text that leads to an address of ours, whose parts are encoded. */
export const link = (text: string, address: string): Markdown => ({
  markdown: `[${escapeMarkdown(text)}](<${address}>)`,
})

/** Writes lines as a block of code, in which nothing acts. */
export function codeBlock(language: string, text: string): Markdown {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return { markdown: [fence + language, ...text.split('\n').map(visible), fence].join('\n') }
}

const longestRun = (text: string) => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

/** Joins Markdown as lines. */
const lines = (...parts: readonly Markdown[]): Markdown => join(parts, '\n')

/** Joins Markdown as blocks; skips empty ones. */
export const blocks = (...parts: readonly Markdown[]): Markdown =>
  join(
    parts.filter(({ markdown }) => markdown !== ''),
    '\n\n',
  )

/** Concatenates Markdown. */
export const join = (parts: readonly Markdown[], between: string): Markdown => ({
  markdown: parts.map(({ markdown }) => markdown).join(between),
})

/** Renders a list; nothing for no items. */
export const renderList = (items: readonly (string | Markdown)[]): Markdown =>
  lines(...items.map((item) => md`- ${item}`))

/** Folds blocks behind a line of text. */
export const fold = (head: string, ...body: readonly Markdown[]): Markdown =>
  // GitHub reads Markdown within HTML again after an empty line.
  blocks({ markdown: `<details><summary>${escapeHtml(head)}</summary>` }, ...body, { markdown: '</details>' })

const most = 10

/** Renders a table; one of more than ten rows is folded behind their number and what they are (`resource changes`). */
export function foldTable(
  rowsAre: string,
  header: readonly string[],
  rows: readonly (readonly (string | Markdown)[])[],
  options: { right?: readonly string[] } = {},
): Markdown {
  const table = renderTable(header, rows, options)
  return rows.length > most ? fold(`${rows.length} ${rowsAre}`, table) : table
}

/** Renders a list below what its items are; one of more than ten is folded behind their number. */
export const foldList = (itemsAre: string, items: readonly (string | Markdown)[]): Markdown =>
  items.length > most
    ? fold(`${itemsAre}: ${items.length}`, renderList(items))
    : blocks(md`**${itemsAre}**`, renderList(items))

/** Puts a block after the first one, such as below the heading. */
export function insertSecond({ markdown }: Markdown, block: Markdown): Markdown {
  const [first = '', ...others] = markdown.split('\n\n')
  return blocks({ markdown: first }, block, { markdown: others.join('\n\n') })
}

/** Renders a Markdown table; texts are escaped. Columns named in `right` are aligned right. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly (string | Markdown)[])[],
  { right = [] }: { right?: readonly string[] } = {},
): Markdown {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = header.map((name) => (right.includes(name) ? '---:' : '---'))
  const [first = '', ...others] = [header, ...rows].map((cells) => line(cells.map(renderCell)))
  return { markdown: [first, line(rule), ...others].join('\n') }
}

// A table is split at its bars before anything else is parsed, also within code.
const escapeBars = (text: string) => text.replaceAll('|', '\\|')

const renderCell = (value: string | Markdown) => escapeBars(renderValue(value))

/** The ways in which Markdown of ours writes a text: as code, as code in a table, as text, and as what is folded. */
export const markdownForms = [(text: string) => text, escapeBars, escapeMarkdown, escapeHtml]

/** Cuts text at a line's end so that it fits the budget, and says that it was cut. */
export function fitBytes(text: string, budgetBytes: number): string {
  if (Buffer.byteLength(text) <= budgetBytes) return text
  const notice = '\n\n_Cut to fit: the whole report is in the JSON file._\n'
  const room = Buffer.from(text)
    .subarray(0, budgetBytes - Buffer.byteLength(notice))
    .toString()
  return room.slice(0, room.lastIndexOf('\n')) + notice
}

/** Renders a count of bytes as a person reads it: `512 B`, `3.4 MiB`. */
export function renderBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

/** Renders seconds as a person reads them: `4.2 s`, `3 min 10 s`. */
export function renderSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
