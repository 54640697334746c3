import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chunkBytes, compileKernel, makeDeflater, streamEnd } from '../../lib/registry/deflate/kernel.ts'
import { mixedChunk, noiseWithRepeats, repeatsAtBlockEnds, wordsOfNoise } from '../fixtures/chunk.ts'

const module = compileKernel()
const deflaters = (['fast', 'dense'] as const).map((mode) => makeDeflater(module, mode))

function expectInflates(chunk: Buffer): void {
  for (const { input, deflate } of deflaters) {
    input.set(chunk)
    const deflated = deflate(chunk.length)
    expect(inflateRawSync(Buffer.concat([deflated, streamEnd])).equals(chunk)).toBe(true)
    expect(deflated.length).toBeLessThanOrEqual(chunk.length + 5 * Math.ceil(chunk.length / 65_535) + 5)
  }
}

it.each([
  ['mixes of noise, repeats, runs and letters', mixedChunk(chunkBytes), 2000],
  ['noise that repeats in places', noiseWithRepeats(1_000_000), 1500],
  ['words of noise', wordsOfNoise(600_000), 1500],
  ['repeats at the ends of blocks', repeatsAtBlockEnds(600_000), 1000],
] as const)(
  'deflates %s to bytes that inflate to the same',
  (_title, chunks, numRuns) => {
    fc.assert(fc.property(chunks, expectInflates), { numRuns })
  },
  600_000,
)
