import { createHash } from 'node:crypto'
import { type CompressionChoice, compressionAfter } from '../../../lib/compression/choice.ts'
import { nameEncoder } from '../../../lib/compression/encoder.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { ArchivedLayer } from '../../../lib/image/archived-image.ts'
import type { Log } from '../../../lib/log.ts'
import type { Blob } from '../../../lib/oci/manifest.ts'
import { statedBlob } from '../../../lib/registry/reuse.ts'
import type { BlobStore } from './blob-store.ts'

/**
 * What layers became when they were sent before, also in a push that was interrupted before an image named them. It is
 * a hint: the repository must confirm each blob.
 */
export type BlobMemory = {
  /** Returns what the content of a layer became with this encoder, or as it came, where the archive does not state it. */
  recall(layer: ArchivedLayer): Promise<Blob | undefined>
  /** Remembers it, also where the run is killed afterwards. */
  remember(layer: ArchivedLayer, blob: Blob): Promise<void>
}

/** Opens the memory of a repository: its name in ECR, or its reference in another registry. */
export type OpenBlobMemory = (repository: string) => BlobMemory

/** Makes the memory of a run in a store; where that fails, or there is none, nothing is remembered any more. */
export function makeBlobMemory(
  store: BlobStore | undefined,
  choice: CompressionChoice,
  log: Pick<Log, 'warning'>,
): OpenBlobMemory {
  let usable = store
  const attempt = async <T>(verb: string, work: (store: BlobStore) => Promise<T>): Promise<T | undefined> => {
    if (!usable) return undefined
    const { place } = usable
    try {
      return await work(usable)
    } catch (error) {
      // Of layers that are asked for at a time, the first one tells it.
      if (usable) log.warning(`cache: what was sent cannot be ${verb} in ${place} (${messageOf(error)})`)
      usable = undefined
      return undefined
    }
  }
  return (repository) => {
    const keyOf = (layer: ArchivedLayer) => ({
      repository,
      encoder: encoderOf(layer, choice),
      diffId: layer.diffId,
    })
    return {
      recall: async (layer) => {
        const found = await attempt('looked up', async ({ read }) => await read(keyOf(layer)))
        return (
          found && { digest: found.digest, size: found.size, compression: compressionAfter(layer, choice) }
        )
      },
      remember: async (layer, { digest, size }) => {
        if (statedBlob(layer, choice)) return
        await attempt('remembered', async ({ write }) => await write(keyOf(layer), { digest, size }))
      },
    }
  }
}

// Others may make other bytes: each encoder has a name of its own, and so have layers that came compressed.
function encoderOf({ compression }: ArchivedLayer, choice: CompressionChoice): string {
  const encoder = compression === 'none' ? nameEncoder(choice) : `kept ${compression}`
  return createHash('sha256').update(encoder).digest('hex').slice(0, 16)
}
