import { UserError } from '../errors.ts'
import type { Clock } from '../wait.ts'
import type { Archive } from './archive.ts'
import { gzip } from './compress.ts'
import { Meter } from './digest.ts'
import type { ArchivedLayer } from './image.ts'
import { type Descriptor, dockerTypes } from './manifest.ts'
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
  await repository.upload(
    blob.pass(gzip(content.pass(archive.stream(layer.entry)), compressionLevel)),
    () => {
      const { digest } = content.finish()
      if (digest !== layer.diffId) {
        throw new UserError(
          `archive: layer "${layer.entry}": expected diffID ${layer.diffId}, got ${digest}; the archive is damaged`,
        )
      }
      pushed = blob.finish()
      return pushed.digest
    },
  )
  if (!pushed) throw new Error(`${layer.entry}: the upload ended without a digest`)
  return { mediaType: dockerTypes.layer, digest: pushed.digest, size: pushed.sizeBytes }
}
