import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'

// No name, no time, and "unknown" as the system: the bytes follow from the content alone (RFC 1952).
const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff)

/** Compresses to one gzip member; equal input and level give equal bytes. */
export async function* gzip(source: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  let crc = 0
  let sizeBytes = 0
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      crc = crc32(chunk, crc)
      sizeBytes += chunk.length
      yield chunk
    }
  }
  const deflate = createDeflateRaw({ level, memLevel: 9 })
  const done = pipeline(Readable.from(measured()), deflate)
  // The reader below throws the same error; this one must not count as unhandled.
  done.catch(() => {})
  yield header
  yield* deflate
  await done
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc, 0)
  trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  yield trailer
}
