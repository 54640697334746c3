/** GitHub drops a step's summary above 1 MiB while the step stays green; this leaves room for the notice. */
export const summaryBudgetBytes = 1_000_000

/** Escapes text so that it stands in a Markdown table cell as it is. */
export function escapeCell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
    .replaceAll('`', '\\`')
    .replaceAll('\r', '')
    .replaceAll('\n', '<br>')
}

/** Renders a Markdown table; cells are escaped. Columns named in `right` are aligned right. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly string[] } = {},
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = header.map((name) => (right.includes(name) ? '---:' : '---'))
  const escaped = [header, ...rows].map((cells) => line(cells.map(escapeCell)))
  return [escaped[0], line(rule), ...escaped.slice(1)].join('\n')
}

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
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
