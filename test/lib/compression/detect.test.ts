import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { detectCompression } from '../../../lib/compression/detect.ts'
import { isIncompressible } from '../../../lib/compression/incompressible.ts'

it.each([
  [[0x1f, 0x8b, 8], 'gzip'],
  [[0x1f, 0x8b], 'gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  [[0x50, 0x2a, 0x4d, 0x18], 'zstd'],
  [[0x5f, 0x2a, 0x4d, 0x18], 'zstd'],
  [[0x60, 0x2a, 0x4d, 0x18], 'none'],
  [[], 'none'],
  [[0x1f], 'none'],
])('tells by the first bytes %j: %s', (bytes, compression) => {
  expect(detectCompression(Uint8Array.from(bytes))).toBe(compression)
})

it.each([
  [0x1f, 0x8b],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x50, 0x2a, 0x4d, 0x18],
])('tells none where one of the first bytes is another', (...bytes) => {
  for (const at of bytes.keys()) expect(detectCompression(Uint8Array.from(bytes.with(at, 0)))).toBe('none')
})

it('takes random bytes for incompressible, but not few of them, nor text, nor a mixture', () => {
  const noise = randomBytes(64 * 1024)
  expect(isIncompressible(noise.subarray(0, 32 * 1024))).toBe(true)
  expect(isIncompressible(noise.subarray(0, 32 * 1024 - 1))).toBe(false)
  expect(isIncompressible(noise)).toBe(true)
  expect(isIncompressible(Buffer.alloc(64 * 1024, 'some text'))).toBe(false)
  expect(isIncompressible(Buffer.alloc(64 * 1024))).toBe(false)
  const half = Buffer.from(noise).fill(0, 0, 32 * 1024)
  expect(isIncompressible(half)).toBe(false)
  expect(isIncompressible(half.reverse())).toBe(false)
})
