import { setTimeout } from 'node:timers/promises'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompress, verifyWhilePassing } from '../../../lib/compression/decompress.ts'
import { DigestCounter, digestOf } from '../../../lib/oci/digest.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'

async function* inPieces(bytes: Uint8Array, pieceBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const content = Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * at) % 251))
const kinds = [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const

describe.each(kinds)('a blob that is %s', (kind, pack) => {
  it('passes through byte for byte, while a meter counts what it unpacks to', async () => {
    const packed = Buffer.concat([pack(content), pack(content)])
    const meter = new DigestCounter()
    const passed = Buffer.concat(
      await Array.fromAsync(verifyWhilePassing(inPieces(packed), kind, meter, 'layer')),
    )
    expect(passed.equals(packed)).toBe(true)
    expect(meter.finish().digest).toBe(digestOf(Buffer.concat([content, content])))
  })

  it.each([
    ['cut short', (packed: Buffer) => packed.subarray(0, packed.length - 10)],
    ['damaged', (packed: Buffer) => Buffer.from(packed).fill(0xff, 4, 200)],
    ['other bytes from its start on', (packed: Buffer) => Buffer.alloc(packed.length, 'x')],
  ])('is refused before its last byte where it is %s', async (_, damage) => {
    const packed = damage(pack(content))
    let passed = 0
    const read = async () => {
      for await (const piece of verifyWhilePassing(inPieces(packed), kind, new DigestCounter(), 'layer'))
        passed += piece.length
    }
    await expect(read()).rejects.toThrow(`archive: layer: expected a whole ${kind} stream`)
    expect(passed).toBeLessThan(packed.length)
  })

  it('is refused at its first bytes where its media type says something else', async () => {
    const tar = makeTar([{ name: 'a', content: 'A' }])
    const others = kinds
      .filter(([other]) => other !== kind)
      .map(([other, packer]) => [other, packer(tar)] as const)
    const unsupported = ['xz', Buffer.from('\xfd7zXZ\0', 'latin1')] as const
    for (const [got, bytes] of [...others, unsupported, ['a tar that is not compressed', tar] as const]) {
      const passing = verifyWhilePassing(inPieces(bytes), kind, new DigestCounter(), 'layer')
      await expect(passing.next()).rejects.toThrow(
        `archive: layer: expected ${kind}, as its media type says, got ${got}; write the archive again`,
      )
    }
  })

  it('is unpacked, all of its members, and where none is read to its end', async () => {
    const packed = Buffer.concat([pack(content), pack(content)])
    const unpacked = Buffer.concat(await Array.fromAsync(decompress(inPieces(packed), kind, 'app.tar')))
    expect(unpacked.equals(Buffer.concat([content, content]))).toBe(true)
    const left = decompress(inPieces(packed), kind, 'app.tar')
    expect((await left.next()).done).toBe(false)
    expect(await left.return(undefined)).toMatchObject({ done: true })
  })

  it('passes on what goes wrong in its source', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield pack(content).subarray(0, 100)
      throw new Error('disk gone')
    }
    for (const read of [
      verifyWhilePassing(broken(), kind, new DigestCounter(), 'layer'),
      decompress(broken(), kind, 'app.tar'),
    ])
      await expect(Array.fromAsync<Uint8Array>(read)).rejects.toThrow(/^disk gone$/)
  })
})

it('says so where a window of zstd is larger than it can be here', async () => {
  // A frame of --long=31 that holds nothing: https://www.rfc-editor.org/rfc/rfc8878#name-window-descriptor
  const packed = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (31 - 10) << 3, 1, 0, 0])
  await expect(
    Array.fromAsync(verifyWhilePassing(inPieces(packed), 'zstd', new DigestCounter(), 'layer')),
  ).rejects.toThrow('archive: layer: expected zstd with a window of at most 128 MiB, got a larger one')
})

describe('a zstd stream with a large window', () => {
  // Of a small content, a compressor states a small window.
  const pack = (windowLog: number) => {
    const packed = zstdCompressSync(content, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
    packed[5] = (windowLog - 10) << 3
    return packed
  }
  const start = (packed: Uint8Array) =>
    verifyWhilePassing(inPieces(packed, 100), 'zstd', new DigestCounter(), 'layer')
  const isWaiting = async (first: Promise<unknown>) =>
    await Promise.race([first.then(() => false), setTimeout(50, true)])

  it.each<[string, (passing: AsyncGenerator<Uint8Array>) => Promise<unknown>]>([
    ['is read to its end', async (passing) => await Array.fromAsync(passing)],
    ['is given up', async (passing) => await passing.return(undefined)],
    ['fails', async (passing) => await passing.throw(new Error('disk gone')).catch(() => {})],
  ])('waits before its first piece until another one %s', async (_, end) => {
    const [one, two, small] = [start(pack(27)), start(pack(25)), start(pack(24))]
    expect((await one.next()).done).toBe(false)
    const first = two.next()
    expect(await isWaiting(first)).toBe(true)
    expect((await small.next()).done).toBe(false)
    await end(one)
    expect((await first).done).toBe(false)
    await two.return(undefined)
    await small.return(undefined)
  })

  it('lets the next one pass where its bytes are damaged', async () => {
    const damaged = Buffer.from(pack(27)).fill(0xff, 8, 200)
    await expect(Array.fromAsync(start(damaged))).rejects.toThrow('expected a whole zstd stream')
    expect(Buffer.concat(await Array.fromAsync(start(pack(27)))).equals(pack(27))).toBe(true)
  })

  it('does not pause once a piece has passed, whatever its next frames need', async () => {
    const [one, two] = [start(pack(27)), start(Buffer.concat([pack(20), pack(27)]))]
    await one.next()
    expect((await Array.fromAsync(two)).length).toBeGreaterThan(2)
    await one.return(undefined)
  })
})
