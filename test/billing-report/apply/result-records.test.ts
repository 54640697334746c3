import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecords, readRows } from '../../../actions/billing-report/apply/result-records.ts'

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, size = 7): Promise<string[][]> {
  const all: string[][] = []
  for await (const { columns, rows } of readRows(pieces(Buffer.from(text), size))) {
    if (all.length === 0) all.push([...columns])
    for (const row of rows) all.push([...row])
  }
  return all
}

const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`

describe('the result of a query', () => {
  it.each([
    [
      '"a","b"\n"1","2"\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,\r\n',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      '"a","b"\n"x, ""y""\nz",""\n"1","2"',
      [
        ['a', 'b'],
        ['x, "y"\nz', ''],
        ['1', '2'],
      ],
    ],
    ['"a"\n""""\n""""""\n', [['a'], ['"'], ['""']]],
    [
      'a,b\n"1",2\n,"3"\n',
      [
        ['a', 'b'],
        ['1', '2'],
        ['', '3'],
      ],
    ],
    ['a\n박지민\n', [['a'], ['박지민']]],
  ])('is read as it was written: %j', async (text, rows) => {
    for (const size of [1, 2, 3, 1000]) expect(await read(text, size)).toEqual(rows)
  })

  it('is read as csv-parse reads it, in pieces of any size', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é', '😀', ' ', "'"),
      maxLength: 6,
    })
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 2, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
        const text = rows.map((row) => `${row.map(quote).join(',')}\n`).join('')
        expect(await read(text, size)).toEqual(parse(text, { record_delimiter: '\n' }))
      }),
    )
  })

  it('is given by the names of its columns', async () => {
    const records = await Array.fromAsync(readRecords(pieces(Buffer.from('"a","b"\n"1","2"\n'), 3)))
    expect(records).toEqual([{ a: '1', b: '2' }])
  })

  it.each([
    ['a record with fewer cells', '"a","b"\n"1"\n', 'expected 2 cells in a record, got 1'],
    ['a text that ends in a cell', '"a"\n"1', 'expected the end of a cell, got the end of the text'],
    ['more after a cell', '"a"\n"1"2\n', 'expected "," after a cell, got "2"'],
    ['a quote within a plain cell', 'a\n1"2"\n', 'expected "," after a cell, got """'],
    ['a return within a plain cell', 'a\n1\r2\n', 'expected "," after a cell, got "\r"'],
  ])('is not taken with %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(`result of the query: ${message}`)
  })
})
