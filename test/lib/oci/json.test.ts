import { expect, it } from 'vitest'
import { parseJson } from '../../../lib/oci/json.ts'

const most = 200_000
const write = (item: string, count: number) => Buffer.from(`[${Array(count).fill(item).join(',')}]`)

it.each(['{}', '[]'])('parses as many %s as an index may have, and no more', (item) => {
  expect(parseJson(write(item, most - 1))).toHaveLength(most - 1)
  expect(() => parseJson(write(item, most))).toThrow(
    'expected JSON of at most 200000 lists and maps, got 200001',
  )
})

it('does not count what is neither a list nor a map', () => {
  expect(parseJson(write('1', most + 1))).toHaveLength(most + 1)
  expect(() => parseJson(Buffer.from('{'))).toThrow(SyntaxError)
})
