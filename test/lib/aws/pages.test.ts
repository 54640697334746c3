import { expect, it } from 'vitest'
import { listPages } from '../../../lib/aws/pages.ts'

it('reads a list to its end', async () => {
  const pages = new Map([
    [undefined, { items: [1, 2], next: 'a' }],
    ['a', { items: [], next: 'b' }],
    ['b', { items: [3], next: undefined }],
  ])
  const asked: unknown[] = []
  const list = await listPages<number>(async (token) => {
    asked.push(token)
    return pages.get(token) ?? { items: [], next: undefined }
  })
  expect([list, asked]).toEqual([
    [1, 2, 3],
    [undefined, 'a', 'b'],
  ])
})

it('joins more items than a call has arguments', async () => {
  const items = Array.from({ length: 200_000 }, (_, at) => at)
  expect(await listPages(async () => ({ items, next: undefined }))).toHaveLength(200_000)
})

it('refuses a token that comes again', async () => {
  const list = listPages(async () => ({ items: [1], next: 'a' }))
  await expect(list).rejects.toThrow('page 2 of a list: expected another token, got the same')
})

it('refuses a list without an end', async () => {
  let count = 0
  const list = listPages(async () => ({ items: [], next: String(++count) }))
  await expect(list).rejects.toThrow('a list: expected at most 10000 pages, got more')
})
