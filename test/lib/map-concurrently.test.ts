import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { mapConcurrently } from '../../lib/map-concurrently.ts'

const { signal } = new AbortController()
const options = { concurrency: 2, order: (item: number) => -item, signal }

it('works on so many items at a time, in the order asked for, and gives results in that of the items', async () => {
  const started: number[] = []
  let running = 0
  let most = 0
  const results = await mapConcurrently([1, 3, 2, 5, 4], options, async (item) => {
    started.push(item)
    most = Math.max(most, ++running)
    await setImmediate()
    running--
    return `item ${item}`
  })
  expect(started).toEqual([5, 4, 3, 2, 1])
  expect(most).toBe(2)
  expect(results).toEqual(['item 1', 'item 3', 'item 2', 'item 5', 'item 4'])
})

it('starts nothing behind a failure', async () => {
  const started: number[] = []
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const work = mapConcurrently([1, 2, 3, 4], options, async (item) => {
    started.push(item)
    if (item === 4) throw new Error('disk gone')
    await ended
  })
  await expect(work).rejects.toThrow('disk gone')
  end()
  await setImmediate()
  expect(started).toEqual([4, 3])
})

it('starts nothing when the signal has aborted', async () => {
  const abort = new AbortController()
  const started: number[] = []
  const work = mapConcurrently(
    [1, 2, 3],
    { ...options, concurrency: 1, signal: abort.signal },
    async (item) => {
      started.push(item)
      abort.abort(new Error('cancelled'))
    },
  )
  await expect(work).rejects.toThrow('cancelled')
  expect(started).toEqual([3])
})

it('gives nothing for nothing', async () => {
  expect(await mapConcurrently([], options, async () => 1)).toEqual([])
})
