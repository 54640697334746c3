import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { combineCrc32, makeZeroBytes } from '../../../lib/compression/crc32.ts'

it('combines the checksums of two neighbours to that of both', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      expect(combineCrc32(crc32(a), crc32(b), makeZeroBytes(b.length))).toBe(crc32(Buffer.concat([a, b])))
    }),
  )
})
