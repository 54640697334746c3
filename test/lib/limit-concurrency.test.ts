import { expect, it } from 'vitest'
import { limitConcurrency } from '../../lib/limit-concurrency.ts'

it('lets so many pieces of work go on at a time, in the order in which they came', async () => {
  const limit = limitConcurrency(2)
  const started: number[] = []
  const ends: (() => void)[] = []
  const all = [1, 2, 3, 4].map((item) =>
    limit(async () => {
      started.push(item)
      await new Promise<void>((resolve) => ends.push(resolve))
      return item
    }),
  )
  await expect.poll(() => started).toEqual([1, 2])
  ends[0]?.()
  await expect.poll(() => started).toEqual([1, 2, 3])
  ends[1]?.()
  await expect.poll(() => started).toEqual([1, 2, 3, 4])
  for (const end of ends) end()
  expect(await Promise.all(all)).toEqual([1, 2, 3, 4])
})

it('lets the next one in after a failure', async () => {
  const limit = limitConcurrency(1)
  const failed = limit(() => Promise.reject(new Error('no')))
  const next = limit(async () => 'done')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('done')
})
