import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gzip } from '../../../lib/registry/compress.ts'

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const compress = async (bytes: Uint8Array, pieceBytes: number) =>
  Buffer.concat(await Array.fromAsync(gzip(inPieces(bytes, pieceBytes), 1)))

describe('gzip', () => {
  it('gives bytes that unpack to what went in, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.integer({ min: 1, max: 999 }),
        async (bytes, pieceBytes) => {
          expect(gunzipSync(await compress(bytes, pieceBytes)).equals(bytes)).toBe(true)
        },
      ),
    )
  })

  it('writes no time and no system into its header', async () => {
    const packed = await compress(Buffer.from('x'), 1)
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff])
  })

  it('passes on what goes wrong in its source', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x')
      throw new Error('disk gone')
    }
    await expect(Array.fromAsync(gzip(broken(), 1))).rejects.toThrow('disk gone')
  })
})
