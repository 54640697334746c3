import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { detectCompression, detectUnsupported } from '../../../lib/compression/detect.ts'
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

it.each<[string, string | undefined]>([
  ['BZh91AY&SY', 'bzip2'],
  ['BZh1\x17rE8P\x90', 'bzip2'],
  ['BZh0\x17rE8P\x90', undefined],
  ['BZh9-notes.txt\0', undefined],
  ['\xfd7zXZ\0', 'xz'],
  ['\xfd7zXZ', undefined],
  ['\x04"M\x18', 'lz4'],
  ['app/BZh91AY&SY', undefined],
  ['', undefined],
])('names a compression that is not supported by the first bytes %j: %s', (start, name) => {
  expect(detectUnsupported(Buffer.from(start, 'latin1'))).toBe(name)
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
