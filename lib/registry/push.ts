import { UserError } from '../errors.ts'
import type { Clock } from '../wait.ts'
import { type Archive, streamEntry } from './archive.ts'
import { gzip } from './compress.ts'
import { checkUnpacked } from './decompress.ts'
import { Meter } from './digest.ts'
import type { ArchivedLayer } from './image.ts'
import { type Descriptor, dockerTypes, ociTypes } from './manifest.ts'
import type { RegistryRepository } from './registry.ts'
import { isPassing } from './transport.ts'

const attempts = 4

/** Node's zlib level of pushed layers; the blobs' digests depend on it. */
export const compressionLevel = 1

/**
 * Sends one layer in one pass: read, check the diffID, compress, hash, stream. The blob is committed only
 * where the content is what the image's config says. An upload that breaks starts again on a new session.
 */
export async function pushLayer(
  archive: Archive,
  layer: ArchivedLayer,
  repository: RegistryRepository,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Descriptor> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pushOnce(archive, layer, repository)
    } catch (error) {
      signal.throwIfAborted()
      // fetch wraps what the stream that it sends throws.
      if (error instanceof TypeError && error.cause instanceof UserError) throw error.cause
      if (attempt >= attempts || !isPassing(error)) throw error
      await clock.sleep(2 ** attempt * 250, signal)
    }
  }
}

async function pushOnce(
  archive: Archive,
  layer: ArchivedLayer,
  repository: RegistryRepository,
): Promise<Descriptor> {
  const content = new Meter()
  const blob = new Meter()
  let pushed: { digest: string; sizeBytes: number } | undefined
  await repository.upload(blob.pass(readBlob(archive, layer, content)), () => {
    pushed = blob.finish()
    verify(layer, 'digest', layer.descriptor?.digest ?? pushed.digest, pushed.digest)
    verify(layer, 'diffID', layer.diffId, content.finish().digest)
    return pushed.digest
  })
  if (!pushed) throw new Error(`${layer.entry}: the upload ended without a digest`)
  const compressedType = layer.compression === 'zstd' ? ociTypes.zstdLayer : dockerTypes.layer
  const mediaType = layer.descriptor?.mediaType ?? compressedType
  return { mediaType, digest: pushed.digest, size: pushed.sizeBytes }
}

// What is packed, or must stay what it is, passes through byte for byte; the meter counts what it unpacks to.
function readBlob(archive: Archive, layer: ArchivedLayer, content: Meter): AsyncIterable<Uint8Array> {
  const bytes = streamEntry(archive, layer.entry)
  if (layer.compression !== 'none') return checkUnpacked(bytes, layer.compression, content, layer.entry)
  return layer.descriptor ? content.pass(bytes) : gzip(content.pass(bytes), compressionLevel)
}

function verify({ entry }: ArchivedLayer, what: string, expected: string, got: string): void {
  if (got === expected) return
  throw new UserError(
    `archive: layer "${entry}": expected ${what} ${expected}, got ${got}; the archive is damaged`,
  )
}
