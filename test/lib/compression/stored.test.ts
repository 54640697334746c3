import { randomBytes } from 'node:crypto'
import { inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { streamEnd } from '../../../lib/compression/deflate/kernel.ts'
import { storeDeflate, storeZstd } from '../../../lib/compression/stored.ts'

const sizes = [1, 65_534, 65_535, 65_536, 131_072, 131_073, 300_000, 2 * 1024 * 1024]

function store(content: Buffer, inPlace: (buffer: Uint8Array, length: number) => number): Buffer {
  const buffer = Buffer.alloc(content.length + 4096)
  content.copy(buffer)
  return buffer.subarray(0, inPlace(buffer, content.length))
}

it.each(sizes)('keeps %i bytes in stored blocks of deflate, in place', (size) => {
  const content = randomBytes(size)
  const stored = store(content, storeDeflate)
  expect(stored.length).toBe(size + 5 * Math.ceil(size / 65_535))
  expect(inflateRawSync(Buffer.concat([stored, streamEnd])).equals(content)).toBe(true)
})

it.each(sizes)('keeps %i bytes in one frame of raw blocks of zstd, in place', (size) => {
  const content = randomBytes(size)
  expect(zstdDecompressSync(store(content, storeZstd)).equals(content)).toBe(true)
})
