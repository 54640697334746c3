import { type Archive, streamEntry } from '../archive/archive.ts'
import { verifyWhilePassing } from '../compression/decompress.ts'
import type { CompressorPool } from '../compression/pool.ts'
import { type ContentObserver, compressStream } from '../compression/stream.ts'
import { freeTurn, passInTurn, type Turn } from '../compression/turns.ts'
import { UserError } from '../errors.ts'
import { type ArchivedLayer, describedBlob } from '../image/archived-image.ts'
import { DigestCounter } from '../oci/digest.ts'
import type { Blob } from '../oci/manifest.ts'
import type { Compression } from '../oci/media-type.ts'
import { isTransientUpload } from './http/errors.ts'
import { type Retrying, withRetries } from './http/retry.ts'
import type { RegistryRepository } from './repository.ts'

/** What sending a layer needs. */
export type Sender = {
  archive: Archive
  repository: RegistryRepository
  /** Threads for what is compressed on its way; they start when a layer first needs them. */
  startPool(): CompressorPool
  retrying: Retrying
  /** Called with the number of bytes that were read; for a layer that starts again, first with the negative number. */
  countRead(bytes: number): void
  /** Called for each layer before its first piece. */
  takeTurn?: ((layer: ArchivedLayer) => Promise<Turn>) | undefined
  /** Watches the content of a layer that is read; called anew for a layer that starts again. */
  watch?: ((layer: ArchivedLayer) => ContentObserver) | undefined
}

/**
 * Sends one layer in one pass: read, compress, hash, stream. The blob is committed only where the content has the
 * diffID, and the blob the digest, that the image states. An upload that breaks starts again in a new session.
 */
export async function sendLayer(
  layer: ArchivedLayer,
  compression: Compression,
  sender: Sender,
): Promise<Blob> {
  return await withRetries(
    async () => {
      let read = 0
      const countRead = (bytes: number) => {
        read += bytes
        sender.countRead(bytes)
      }
      try {
        return await sendOnce(layer, compression, { ...sender, countRead })
      } catch (error) {
        sender.countRead(-read)
        throw error
      }
    },
    sender.retrying,
    isTransientUpload,
  )
}

async function sendOnce(layer: ArchivedLayer, compression: Compression, sender: Sender): Promise<Blob> {
  const content = new DigestCounter(layer.diffId, sender.watch?.(layer))
  const stated = describedBlob(layer, compression)?.digest
  const blob = new DigestCounter(stated)
  const takeTurn = async () => (await sender.takeTurn?.(layer)) ?? freeTurn
  const isPassed = layer.compression !== 'none' || layer.descriptor !== undefined
  const body = blob.pass(
    isPassed
      ? passInTurn(
          checkContent(layer, counted(streamEntry(sender.archive, layer.entry), sender), content),
          takeTurn,
        )
      : packLayer(layer, compression, { content, takeTurn }, sender),
  )
  try {
    await sender.repository.upload(body, () => {
      const { digest } = blob.finish()
      expectDigest(layer, 'digest', stated ?? digest, digest)
      expectDigest(layer, 'diffID', layer.diffId, content.finish().digest)
      return digest
    })
  } finally {
    // An upload may break while the next piece is made: without this, it would be read on beside the next try.
    await body.return(undefined)
  }
  const { digest, sizeBytes } = blob.finish()
  return { digest, size: sizeBytes, compression }
}

/** Reads a layer that is not sent, and compares its decompressed content with its diffID. */
export async function verifyLayer(
  layer: ArchivedLayer,
  sender: Pick<Sender, 'archive' | 'countRead' | 'retrying' | 'watch'>,
): Promise<void> {
  const content = new DigestCounter(layer.diffId, sender.watch?.(layer))
  const source = counted(streamEntry(sender.archive, layer.entry), sender)
  for await (const _ of checkContent(layer, source, content)) sender.retrying.signal.throwIfAborted()
  expectDigest(layer, 'diffID', layer.diffId, content.finish().digest)
}

async function* packLayer(
  layer: ArchivedLayer,
  compression: Compression,
  { content, takeTurn }: { content: DigestCounter; takeTurn: () => Promise<Turn> },
  { archive, startPool, countRead }: Sender,
): AsyncGenerator<Uint8Array> {
  const reader = await archive.open(layer.entry)
  const update = (chunk: Uint8Array) => {
    content.update(chunk)
    countRead(chunk.length)
  }
  try {
    yield* compressStream(reader, compression, startPool(), { update }, takeTurn)
  } finally {
    await reader.close()
  }
}

// Passes bytes on unchanged, and counts what they decompress to: of no bytes, nothing.
const checkContent = (
  { compression, entry, sizeBytes }: ArchivedLayer,
  source: AsyncIterable<Uint8Array>,
  content: DigestCounter,
) =>
  compression === 'none' || sizeBytes === 0
    ? content.pass(source)
    : verifyWhilePassing(source, compression, content, entry)

async function* counted(
  source: AsyncIterable<Uint8Array>,
  { countRead }: Pick<Sender, 'countRead'>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    countRead(chunk.length)
    yield chunk
  }
}

function expectDigest({ entry }: ArchivedLayer, what: string, expected: string, got: string): void {
  if (got === expected) return
  throw new UserError(
    `archive: layer "${entry}": expected ${what} ${expected}, got ${got}; the archive is damaged`,
  )
}
