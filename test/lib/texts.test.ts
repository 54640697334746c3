import { expect, it } from 'vitest'
import { inBatches } from '../../lib/batch.ts'
import { listFirst, quote } from '../../lib/quote.ts'
import { visible } from '../../lib/visible.ts'

it.each([
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u0000\u007f\u202e\u2028\u2029', '\\u{0}\\u{7f}\\u{202e}\\u{2028}\\u{2029}'],
  ['\u{e0001}', '\\u{e0001}'],
  ['\ud800', '\\u{d800}'],
  ['a b\u200c\u200d é 👩‍🚀', 'a b\u200c\u200d é 👩‍🚀'],
])('makes %j visible', (text, shown) => {
  expect(visible(text)).toBe(shown)
})

it('quotes a text of up to 200 characters whole', () => {
  expect(quote('a')).toBe('"a"')
  expect(quote('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`)
  expect(quote('x'.repeat(201))).toBe(`"${'x'.repeat(200)}…"`)
})

it('lists the first twenty texts, and how many more there are', () => {
  const texts = (count: number) => Array.from({ length: count }, (_, at) => `${at}`)
  expect(listFirst(['a', 'b'])).toBe('a, b')
  expect(listFirst(texts(10), ' ')).toBe(texts(10).join(' '))
  expect(listFirst(texts(12), '; ')).toBe(`${texts(10).join('; ')}; and 2 more`)
})

it('works in batches, one after the other, and joins what they give', async () => {
  const batches: (readonly number[])[] = []
  const work = async (batch: readonly number[]) => {
    batches.push(batch)
    return batch.map((item) => item * 2)
  }
  expect(await inBatches([1, 2, 3, 4, 5], 2, work)).toEqual([2, 4, 6, 8, 10])
  expect(batches).toEqual([[1, 2], [3, 4], [5]])
  batches.length = 0
  expect(await inBatches([1, 2], 2, work)).toEqual([2, 4])
  expect(batches).toEqual([[1, 2]])
})
