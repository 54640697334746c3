import { afterEach, expect, it, vi } from 'vitest'
import { makeCompressors } from '../../../actions/push-image/apply/compressors.ts'
import { workerPath } from '../../fixtures/push.ts'

const warnings: string[] = []
const log = { info: () => {}, warning: (line: string) => warnings.push(line), mask: () => {} }
const inputs = {
  compression: { compression: 'gzip', level: 'fast' },
  threads: 1,
  concurrency: 3,
} as const

afterEach(() => {
  warnings.length = 0
  vi.unstubAllGlobals()
})

it('starts threads once, when they are first needed', async () => {
  const compressors = makeCompressors(100_000_000, inputs, { workerPath, log })
  await compressors.close()
  const pool = compressors.start()
  expect(compressors.start()).toBe(pool)
  const slot = await pool.take()
  slot.bytes.fill(0x61, 0, 1000)
  const { length } = await pool.compress(slot, 1000)
  expect(length).toBeLessThan(100)
  await compressors.close()
})

it('has a buffer more than threads and layers hold, and no more', async () => {
  const pool = makeCompressors(100_000_000, inputs, { workerPath, log }).start()
  const slots = Array.from({ length: 7 }, () => pool.tryTake())
  expect(slots.map((slot) => slot !== undefined)).toEqual([true, true, true, true, true, true, false])
  await pool.close()
})

it('compresses a few chunks without a thread', async () => {
  const compressors = makeCompressors(12 * 1024 * 1024, inputs, { workerPath: '/nowhere.js', log })
  const pool = compressors.start()
  const slot = await pool.take()
  slot.bytes.fill(0x61, 0, 1000)
  expect((await pool.compress(slot, 1000)).length).toBeLessThan(100)
  await compressors.close()
})

it('goes on with zlib, and says so, where the kernel does not run', async () => {
  vi.stubGlobal('WebAssembly', undefined)
  const compressors = makeCompressors(100_000_000, inputs, { workerPath, log })
  const pool = compressors.start()
  expect(warnings).toEqual([expect.stringMatching(/^the compression kernel does not run here, zlib is used/)])
  const slot = await pool.take()
  slot.bytes.fill(0x61, 0, 1000)
  expect((await pool.compress(slot, 1000)).length).toBeLessThan(100)
  await compressors.close()
})
