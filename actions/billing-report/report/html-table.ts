import { escapeHtml } from './html-text.ts'

/** HTML that is written already: whatever came from outside is escaped in it. */
export type Html = { readonly html: string }

type Cell = string | Html

/** A table of a page; the first cell of each row names it. */
export type Table = {
  caption: string
  /** Titles; those of `numbers` are aligned right. */
  columns: readonly string[]
  numbers: readonly string[]
  rows: readonly (readonly Cell[])[]
  /** The last rows, which add up the others. */
  sums?: readonly (readonly Cell[])[]
}

/** Writes a text, or takes over what is HTML already. */
const renderCell = (cell: Cell): string => (typeof cell === 'string' ? escapeHtml(cell) : cell.html)

/**
 * Writes a table with a caption, and with scopes for screen readers; where the window is too narrow it scrolls, also by
 * keys.
 */
export function renderTable({ caption, columns, numbers, rows, sums = [] }: Table): string {
  const attribute = (at: number) => (numbers.includes(columns[at] ?? '') ? ' class="number"' : '')
  const cells = (row: readonly Cell[]) =>
    row
      .map((cell, at) =>
        at === 0
          ? `<th scope="row">${renderCell(cell)}</th>`
          : `<td${attribute(at)}>${renderCell(cell)}</td>`,
      )
      .join('')
  const lines = (some: readonly (readonly Cell[])[]) => some.map((row) => `<tr>${cells(row)}</tr>\n`).join('')
  const titles = columns
    .map((title, at) => `<th scope="col"${attribute(at)}>${escapeHtml(title)}</th>`)
    .join('')
  const foot = sums.length === 0 ? '' : `<tfoot>\n${lines(sums)}</tfoot>\n`
  return `<div class="table" role="region" aria-label="${escapeHtml(caption)}" tabindex="0"><table>
<caption>${escapeHtml(caption)}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${lines(rows)}</tbody>
${foot}</table></div>`
}
