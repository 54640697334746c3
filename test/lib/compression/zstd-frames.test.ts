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

const mebibyte = 1024 * 1024

// https://www.rfc-editor.org/rfc/rfc8878#name-frame-header
it.each([
  ['a window', [0, 10 << 3], mebibyte],
  ['a window between two powers', [0, (10 << 3) + 7], mebibyte * 1.875],
  [
    'a window, a dictionary and a content size',
    [0xc3, 17 << 3, 1, 2, 3, 4, 9, 9, 9, 9, 9, 9, 0, 0],
    128 * mebibyte,
  ],
  ['the largest window', [0, 0xff], 2 ** 41 * 1.875],
  ['a content size of one byte', [0x20, 255], 255],
  ['a content size of two bytes, which begins at 256', [0x60, 1, 2], 1 + 2 * 256 + 256],
  ['a content size of four bytes behind a dictionary of one', [0xa1, 255, 0, 0, 16, 0], mebibyte],
  ['a content size of eight bytes', [0xe0, 0, 0, 0, 0, 1, 0, 0, 0], 2 ** 32],
])('reads the window of a frame with %s, behind skippable frames', (_, header, window) => {
  const frames = [skippable(Buffer.alloc(70)), skippable(Buffer.of()), [0x28, 0xb5, 0x2f, 0xfd, ...header]]
  const cutter = new ZstdFrameSplitter()
  for (const byte of Buffer.concat(frames.map((bytes) => Uint8Array.from(bytes)))) {
    expect(cutter.largestWindow).toBe(0)
    cutter.cut(Uint8Array.of(byte))
  }
  expect(cutter.largestWindow).toBe(window)
  cutter.cut(Uint8Array.of(1, 0, 0, 0x28, 0xb5, 0x2f, 0xfd, 0x20, 1))
  expect(cutter.largestWindow).toBe(window)
})
