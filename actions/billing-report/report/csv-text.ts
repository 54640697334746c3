/**
 * Writes a text as a cell of CSV. A spreadsheet takes one that starts with `= + - @`, tab or CR for a formula: it gets
 * a `'` in front, and so does one that starts with `'` itself. To read a text back, take one leading `'` away: no two
 * texts have the same cell. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function escapeCsv(text: string): string {
  // Most texts are plain, and a large bill has millions of cells.
  if (/^[\w.]+[\w.@: /-]*$/.test(text)) return text
  const safe = /^['=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
