import { crc32 } from 'node:zlib'
import type { Compression } from '../oci/media-type.ts'
import { streamEnd } from './deflate/kernel.ts'

/** What precedes and follows the compressed chunks of a stream. */
export type Frame = {
  head: Uint8Array
  /** Sees the content before it is compressed, in order. */
  update(content: Uint8Array): void
  tail(): Uint8Array
}

// No name, no time, and "unknown" as the system: the bytes follow from the content alone (RFC 1952, 2.3.1).
const gzipHead = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff)

// A frame without content: a stream without any frame is none (RFC 8878, 3.1).
const emptyZstdFrame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0)
const nothing = new Uint8Array()

/** Creates the frame of one stream: gzip has one member around all chunks; in zstd, each chunk is a frame itself. */
export function makeFrame(compression: Compression): Frame {
  if (compression === 'gzip') return makeGzipMember()
  let isEmpty = true
  return {
    head: nothing,
    update: () => {
      isEmpty = false
    },
    tail: () => (compression === 'zstd' && isEmpty ? emptyZstdFrame : nothing),
  }
}

function makeGzipMember(): Frame {
  let crc = 0
  let sizeBytes = 0
  return {
    head: gzipHead,
    update: (content) => {
      crc = crc32(content, crc)
      sizeBytes += content.length
    },
    tail: () => {
      const trailer = Buffer.alloc(8)
      trailer.writeUInt32LE(crc, 0)
      trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4)
      return Buffer.concat([streamEnd, trailer])
    },
  }
}
