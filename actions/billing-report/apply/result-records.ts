import { StringDecoder } from 'node:string_decoder'

/** Some records of a query's result, to be read before the next: the cells of each, in the order of `columns`. */
export type Rows = { columns: readonly string[]; rows: Generator<readonly string[]> }

/**
 * Reads a query's result as Athena writes it, CSV with LF or CRLF, piece by piece: cells in double quotes, in which two
 * stand for one, or without any. It takes a fourth of the time of csv-parse, which has to take all other kinds too.
 * Throws where the text is of another kind, or ends within a cell.
 */
export async function* readRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<Rows> {
  let columns: readonly string[] | undefined
  // Begins a record that is not there as a whole.
  let rest = ''
  for await (const text of decode(body)) {
    // One at a time: what lives long enough to be copied makes the memory of the process grow.
    const rows = parseRecords(rest + text, (after) => {
      rest = after
    })
    columns ??= rows.next().value
    if (columns) yield { columns, rows: verifyWidth(rows, columns.length) }
  }
  if (rest !== '') throw new Error('result of the query: expected the end of a cell, got the end of the text')
}

/** One record of a result, column to text. */
export type ResultRow = Readonly<Record<string, string>>

/** Reads a query's result, a record at a time. */
export async function* readRecords(body: AsyncIterable<Uint8Array>): AsyncGenerator<ResultRow> {
  for await (const { columns, rows } of readRows(body))
    for (const row of rows) yield Object.fromEntries(columns.map((name, at) => [name, row[at] ?? '']))
}

/** Decodes the pieces of a text, and ends it with a line feed. */
async function* decode(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let last = '\n'
  for await (const piece of body) {
    const text = decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length))
    last = text.at(-1) ?? last
    yield text
  }
  yield `${decoder.end()}${last === '\n' ? '' : '\n'}`
}

/** Parses records, and then tells what is left. */
function* parseRecords(text: string, leave: (rest: string) => void): Generator<string[], undefined> {
  let start = 0
  let record: string[] = []
  for (let at = 0; ; ) {
    const { cell, end } = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at)
    const isReturn = text[end] === '\r'
    const separator = text[isReturn ? end + 1 : end]
    if (separator === undefined) break
    record.push(cell)
    at = end + 1
    if (separator === ',' && !isReturn) continue
    if (separator !== '\n')
      throw new Error(`result of the query: expected "," after a cell, got "${text[end]}"`)
    if (isReturn) at += 1
    start = at
    yield record
    record = []
  }
  leave(text.slice(start))
  return undefined
}

function readQuoted(text: string, start: number): { cell: string; end: number } {
  const from = start + 1
  let close = text.indexOf('"', from)
  if (close >= 0 && text[close + 1] !== '"') return { cell: text.slice(from, close), end: close + 1 }
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  return close < 0
    ? { cell: '', end: text.length }
    : { cell: text.slice(from, close).replaceAll('""', '"'), end: close + 1 }
}

function readPlain(text: string, start: number): { cell: string; end: number } {
  let end = start
  while (end < text.length && !',\r\n'.includes(text[end] ?? '')) end += 1
  return { cell: text.slice(start, end), end }
}

function* verifyWidth(rows: Iterable<readonly string[]>, width: number): Generator<readonly string[]> {
  for (const row of rows) {
    if (row.length !== width)
      throw new Error(`result of the query: expected ${width} cells in a record, got ${row.length}`)
    yield row
  }
}
