import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ZstdFrameSplitter } from '../../../lib/compression/zstd-frames.ts'

const compress = (content: Uint8Array, checksum: boolean, size: boolean) =>
  zstdCompressSync(content, {
    params: {
      [constants.ZSTD_c_checksumFlag]: Number(checksum),
      [constants.ZSTD_c_contentSizeFlag]: Number(size),
    },
  })

const skippable = (content: Uint8Array) => {
  const header = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])
  header.writeUInt32LE(content.length, 4)
  return Buffer.concat([header, content])
}

// Noise gives raw blocks, one byte a repeated one, text a compressed one; big contents have several blocks.
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(fc.nat(255), fc.nat(400_000)).map(([byte, length]) => Buffer.alloc(length, byte)),
  fc.nat(300_000).map((length) => Buffer.alloc(length, 'some text that is repeated, ')),
)
// With the id of a dictionary: one byte beside a content size, or four behind a window.
const withDictionary = [
  [0x21, 7, 3],
  [0x03, 0x58, 1, 2, 3, 4],
].map((header) => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...header, 0x19, 0, 0, 1, 2, 3))
const frame = fc.oneof(
  fc.constantFrom(...withDictionary),
  fc.tuple(content, fc.boolean(), fc.boolean()).map((given) => compress(...given)),
  fc.uint8Array({ maxLength: 50 }).map(skippable),
)

it('cuts a zstd stream where its frames end, whatever the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 5 }),
      fc.integer({ min: 1, max: 5000 }),
      (frames, chunkBytes) => {
        const stream = Buffer.concat(frames)
        const cutter = new ZstdFrameSplitter()
        const ends = new Set<number>()
        const pieces: Uint8Array[] = []
        let passed = 0
        for (let at = 0; at < stream.length; at += chunkBytes) {
          for (const piece of cutter.cut(stream.subarray(at, at + chunkBytes))) {
            pieces.push(piece)
            passed += piece.length
            ends.add(passed)
          }
        }
        expect(Buffer.concat(pieces).equals(stream)).toBe(true)
        const frameEnds = new Set<number>()
        frames.reduce((start, { length }) => {
          frameEnds.add(start + length)
          return start + length
        }, 0)
        expect([...frameEnds].filter((end) => !ends.has(end))).toEqual([])
        // Nowhere else, but where a chunk ends.
        const isChunkEnd = (end: number) => end % chunkBytes === 0 || end === stream.length
        expect([...ends].filter((end) => !frameEnds.has(end) && !isChunkEnd(end))).toEqual([])
        expect(pieces.every(({ length }) => length > 0)).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})
