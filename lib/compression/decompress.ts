import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { messageOf, UserError } from '../errors.ts'
import { limitConcurrency } from '../limit-concurrency.ts'
import type { DigestCounter } from '../oci/digest.ts'
import type { Compression } from '../oci/media-type.ts'
import { detectCompression, detectUnsupported } from './detect.ts'
import { ZstdFrameSplitter } from './zstd-frames.ts'

type Packed = Exclude<Compression, 'none'>

// Node's default of 16 KiB a piece costs more in events than in work.
const options = { chunkSize: 256 * 1024 }

const makeDecompressor = (compression: Packed): Transform =>
  compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)

/** Decompresses a stream, all of its members or frames. `name` stands in the UserError for damaged bytes. */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  compression: Packed,
  name: string,
): AsyncGenerator<Buffer> {
  const cutter = new ZstdFrameSplitter()
  async function* cut(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) yield* compression === 'zstd' ? cutter.cut(chunk) : [chunk]
  }
  const decompressor = makeDecompressor(compression)
  const done = pipeline(Readable.from(cut()), decompressor)
  // The reader below throws the same error; this one must not count as unhandled.
  done.catch(() => {})
  try {
    yield* decompressor
    await done
  } catch (error) {
    throw explainDamage(error, compression, name)
  } finally {
    decompressor.destroy()
  }
}

// Of `zstd -19`, 8 MiB; of `--long=27`, 128 MiB: several of those at a time take more memory than all else together.
const largestSharedWindow = 16 * 1024 * 1024
const runAlone = limitConcurrency(1)

/** Waits until no other stream has a large window; returns what ends this one's turn. */
async function takeLargeWindow(): Promise<() => void> {
  const taken = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  void runAlone(async () => {
    taken.resolve()
    await ended.promise
  })
  await taken.promise
  return ended.resolve
}

/**
 * Passes compressed bytes on unchanged, and counts the uncompressed bytes. The last chunk is held
 * back until all is decompressed: damaged bytes throw UserError before the stream ends. Of streams whose first zstd frame
 * has a large window, one passes at a time; who does not read one to its end must return it.
 */
export async function* verifyWhilePassing(
  source: AsyncIterable<Uint8Array>,
  compression: Packed,
  content: DigestCounter,
  name: string,
): AsyncGenerator<Uint8Array> {
  const cutter = new ZstdFrameSplitter()
  const decompressor = makeDecompressor(compression)
  const done = pipeline(decompressor, async (unpacked: AsyncIterable<Uint8Array>) => {
    for await (const _ of content.pass(unpacked));
  })
  done.catch(() => {})
  let held: Uint8Array | undefined
  let endTurn = () => {}
  try {
    for await (const chunk of source) {
      if (held) yield held
      else refuseMistyped(chunk, compression, name)
      const pieces = compression === 'zstd' ? cutter.cut(chunk) : [chunk]
      // Only before the first chunk is passed on: a registry ends an upload that pauses.
      if (!held && cutter.largestWindow > largestSharedWindow) endTurn = await takeLargeWindow()
      held = chunk
      for (const piece of pieces) await writeTo(decompressor, piece)
    }
    decompressor.end()
    await done
    if (held) yield held
  } catch (error) {
    decompressor.destroy(error instanceof Error ? error : undefined)
    // The error of a write after damage only states that the stream was destroyed.
    const first = await done.then(
      () => error,
      (reason: unknown) => reason,
    )
    throw explainDamage(first, compression, name)
  } finally {
    decompressor.destroy()
    endTurn()
  }
}

function refuseMistyped(start: Uint8Array, compression: Packed, name: string): void {
  const isTar = Buffer.from(start.subarray(257, 262)).toString('latin1') === 'ustar'
  const got = isTar ? 'a tar that is not compressed' : (detectUnsupported(start) ?? detectCompression(start))
  if (got === 'none' || got === compression) return
  throw new UserError(
    `archive: ${name}: expected ${compression}, as its media type says, got ${got}; write the archive again`,
  )
}

async function writeTo(stream: Transform, piece: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Damaged bytes end the stream without an answer to the write.
    stream.once('error', reject)
    stream.write(piece, (error) => {
      stream.off('error', reject)
      if (error) reject(error)
      else resolve()
    })
  })
}

function explainDamage(error: unknown, compression: Packed, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!/^(Z_|ZSTD_|ERR_ZSTD)/.test(code)) return error
  if (code.endsWith('windowTooLarge'))
    return new UserError(
      `archive: ${name}: expected zstd with a window of at most 128 MiB, got a larger one; compress it with --long=27 or less`,
    )
  return new UserError(
    `archive: ${name}: expected a whole ${compression} stream, got other bytes (${messageOf(error)}); it is damaged or truncated`,
  )
}
