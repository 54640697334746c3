import { createHash } from 'node:crypto'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import { chunkBytes, compileKernel } from '../../../lib/compression/deflate/kernel.ts'
import { nameEncoder } from '../../../lib/compression/encoder.ts'
import { type CompressorPool, makeInlinePool } from '../../../lib/compression/pool.ts'
import { compressStream } from '../../../lib/compression/stream.ts'
import type { Compression } from '../../../lib/oci/media-type.ts'
import { makeNoise } from '../../fixtures/chunk.ts'

const kernel = compileKernel()

/** Reads bytes, in pieces as large as is asked for; fails once they are at an end, if that is wanted. */
function readerOf(bytes: Uint8Array, failure?: Error) {
  let at = 0
  const read = async (target: Uint8Array) => {
    const piece = bytes.subarray(at, at + target.length)
    if (piece.length === 0 && failure) throw failure
    target.set(piece)
    at += piece.length
    return piece.length
  }
  return { read }
}

async function compress(bytes: Uint8Array, compression: Compression, pool: CompressorPool) {
  const content = createHash('sha256')
  const pieces: Buffer[] = []
  for await (const piece of compressStream(readerOf(bytes), compression, pool, content))
    pieces.push(Buffer.from(piece))
  expect(content.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect(pieces.every(({ length }) => length > 0)).toBe(true)
  return Buffer.concat(pieces)
}

// Its second chunk is the shorter one.
const text = Buffer.alloc(chunkBytes + 100_000, 'a line of text that comes again and again, with a number\n')
const unpack = {
  gzip: (packed: Buffer) => gunzipSync(packed),
  zstd: (packed: Buffer) => (packed.length === 0 ? expect.fail('no frame') : zstdDecompressSync(packed)),
  none: (packed: Buffer) => packed,
}
const choices: [CompressionChoice, boolean][] = [
  [{ compression: 'gzip', level: 'fast' }, true],
  [{ compression: 'gzip', level: 'fast' }, false],
  [{ compression: 'gzip', level: 1 }, true],
  [{ compression: 'gzip', level: 1 }, false],
  [{ compression: 'gzip', level: 6 }, true],
  [{ compression: 'zstd', level: 1 }, true],
  [{ compression: 'none' }, true],
]

describe.each(choices)('%j, with the kernel: %s', (choice, hasKernel) => {
  const open = () => makeInlinePool({ choice, kernel: hasKernel ? kernel : undefined, slots: 1 })

  it('packs text into less, and noise into hardly more, in whole streams', async () => {
    const pool = open()
    for (const [bytes, most] of [
      [text, choice.compression === 'none' ? text.length : text.length / 10],
      [makeNoise(100_000, 1), 100_100],
      [Buffer.from('x'), 40],
      [Buffer.alloc(0), 40],
    ] as const) {
      const packed = await compress(bytes, choice.compression, pool)
      expect(unpack[choice.compression](packed).equals(bytes)).toBe(true)
      expect(packed.length).toBeLessThanOrEqual(most)
    }
    await pool.close()
  })
})

it('packs closer at a higher level', async () => {
  const words = Array.from({ length: 20_000 }, (_, at) => `${(at * at) % 977} ${at % 31}`).join('\n')
  const sizeAt = async (choice: CompressionChoice) =>
    (await compress(Buffer.from(words), choice.compression, makeInlinePool({ choice, kernel, slots: 1 })))
      .length
  expect(await sizeAt({ compression: 'gzip', level: 9 })).toBeLessThan(
    await sizeAt({ compression: 'gzip', level: 2 }),
  )
  expect(await sizeAt({ compression: 'zstd', level: 12 })).toBeLessThan(
    await sizeAt({ compression: 'zstd', level: 1 }),
  )
  expect(await sizeAt({ compression: 'gzip', level: 1 })).not.toBe(
    await sizeAt({ compression: 'gzip', level: 'fast' }),
  )
})

it('gives its one buffer back where a stream ends early or fails, and to the one that waits for it', async () => {
  const pool = makeInlinePool({ choice: { compression: 'gzip', level: 'fast' }, kernel, slots: 1 })
  const content = { update: () => {} }
  for await (const _ of compressStream(readerOf(text), 'gzip', pool, content)) break
  const failing = compressStream(readerOf(text, new Error('disk gone')), 'gzip', pool, content)
  await expect(Array.fromAsync(failing)).rejects.toThrow('disk gone')
  const several = await Promise.all([0, 1, 2].map(() => compress(text, 'gzip', pool)))
  for (const packed of several) expect(gunzipSync(packed).equals(text)).toBe(true)
})

it('is named by all that its output depends on', () => {
  const { zlib, zstd } = process.versions
  expect(nameEncoder({ compression: 'none' })).toBe('none')
  expect(nameEncoder({ compression: 'zstd', level: 3 })).toBe(`zstd 3 ${zstd} 1`)
  expect(nameEncoder({ compression: 'gzip', level: 6 })).toBe(`gzip 6 ${zlib} 1`)
  const fast = nameEncoder({ compression: 'gzip', level: 'fast' })
  expect(fast).toMatch(/^gzip fast [0-9a-f]{16} 1$/)
  expect(nameEncoder({ compression: 'gzip', level: 1 })).toBe(fast.replace('fast', '1'))
})
