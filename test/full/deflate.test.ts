import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chunkBytes, compileKernel, makeDeflater, streamEnd } from '../../lib/compression/deflate/kernel.ts'
import { longWords, mixedChunk, noiseWithRepeats, repeatsAtBlockEnds, shortWords } from '../fixtures/chunk.ts'

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
  ['short words', shortWords(600_000), 500],
  ['long words of noise', longWords(600_000), 1000],
  ['repeats at the ends of blocks', repeatsAtBlockEnds(300_000), 500],
] as const)(
  'deflates %s to bytes that inflate to the same',
  (_title, chunks, numRuns) => {
    fc.assert(fc.property(chunks, expectInflates), { numRuns })
  },
  600_000,
)
