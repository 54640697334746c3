import { type CompressionChoice, compressionAfter } from '../compression/choice.ts'
import { messageOf } from '../errors.ts'
import { type ArchivedLayer, describedBlob } from '../image/archived-image.ts'
import { mapConcurrently } from '../map-concurrently.ts'
import { digestLike, isDigest } from '../oci/digest.ts'
import { parseJson } from '../oci/json.ts'
import { type Blob, type ManifestBytes, parseIndex, parseManifest } from '../oci/manifest.ts'
import { type Compression, layerCompression } from '../oci/media-type.ts'
import { RegistryError } from './http/errors.ts'
import type { RegistryRepository } from './repository.ts'

/** What layers become in a registry, by `keyOf`. */
export type KnownBlobs = ReadonlyMap<string, Blob>

/** The key of a blob by its content: the same content is another blob in another compression. */
export const blobKey = (diffId: string, compression: Compression) => `${diffId} ${compression}`

/** A layer of an archive, as far as it tells which blob it becomes. */
type Layer = Pick<ArchivedLayer, 'diffId' | 'sizeBytes' | 'compression' | 'descriptor' | 'original'>

/** The key of the blob that a layer becomes: two blobs may hold one content, packed differently. */
export const keyOf = (layer: Layer, compression: Compression) =>
  describedBlob(layer, compression)?.digest ?? blobKey(layer.diffId, compression)

/** Returns the blob that a layer becomes, where that is known before it is read. */
export function statedBlob(layer: Layer, choice: CompressionChoice): Blob | undefined {
  const compression = compressionAfter(layer, choice)
  const { diffId, sizeBytes } = layer
  const described = describedBlob(layer, compression)
  if (described) return { digest: described.digest, size: described.size, compression }
  return compression === 'none' ? { digest: diffId, size: sizeBytes, compression } : undefined
}

/** An image that a registry has. */
export type FoundImage = ManifestBytes & {
  configDigest: string
  diffIds: readonly string[]
  /** In the order of the diffIDs. */
  layers: readonly Blob[]
}

/**
 * Learns from a manifest which blob each diffID became: layers of the manifest and diffIDs of its config stand in
 * the same order. Nothing has to be stored for this, so images that other tools pushed teach as well.
 */
function learnImage(manifest: ManifestBytes, config: Buffer): FoundImage | undefined {
  const parsed = parseManifest(manifest.bytes)
  const diffIds = parseDiffIds(config)
  // A config that does not match its digest is ignored.
  if (
    !parsed ||
    digestLike(parsed.config.digest, config) !== parsed.config.digest ||
    diffIds.length !== parsed.layers.length
  )
    return undefined
  const layers = parsed.layers.map((layer, at) => ({
    digest: layer.digest,
    size: layer.size,
    compression: layerCompression(layer, diffIds[at]),
  }))
  if (!layers.every(isLayer)) return undefined
  return { ...manifest, configDigest: parsed.config.digest, diffIds, layers }
}

/** What is left of a search through earlier images: a registry may name any number, and an index others. */
type Search = { manifests: number; bytes: number }

const startSearch = (): Search => ({ manifests: 64, bytes: 16 * 1024 * 1024 })

// Enough to hide the latency of an answer.
const concurrency = 8

/** Describes the images behind a tag or digest: one, those of an index, or none. */
export async function pullImages(
  repository: RegistryRepository,
  reference: string,
  search = startSearch(),
): Promise<FoundImage[]> {
  if (search.manifests <= 0 || search.bytes <= 0) return []
  search.manifests -= 1
  const manifest = await repository.pullManifest(reference)
  if (!manifest) return []
  search.bytes -= manifest.bytes.length
  const members = [...new Set(parseIndex(manifest.bytes).map(({ digest }) => digest))]
  if (members.length > 0) {
    const images = await mapConcurrently(members, { concurrency }, (digest) =>
      pullImages(repository, digest, search),
    )
    return images.flat()
  }
  const parsed = parseManifest(manifest.bytes)
  if (!parsed || !/config|container\.image/.test(parsed.config.mediaType)) return []
  const config = await repository.getBlob(parsed.config.digest).catch(ignoreMissing)
  const image = config && learnImage(manifest, config)
  return image ? [image] : []
}

// An earlier image that lost its config teaches nothing; it must not stop this one.
function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof RegistryError && error.status === 404)) throw error
}

const isLayer = (blob: Omit<Blob, 'compression'> & { compression: Compression | undefined }): blob is Blob =>
  blob.compression !== undefined

function parseDiffIds(config: Buffer): string[] {
  try {
    const diffIds: unknown = Object(Object(parseJson(config)).rootfs).diff_ids
    return Array.isArray(diffIds) && diffIds.every(isDigest) ? diffIds : []
  } catch {
    return []
  }
}

/**
 * Pulls images until each diffID was met in one of them, or no reference is left. References are given in turns,
 * so that those of a later turn are not even listed when the earlier ones suffice. All of it is a hint: what a
 * registry does not list or return, whatever its answer, is skipped with a warning, and the layers are sent.
 */
export async function mapLayersByDiffId(
  repository: RegistryRepository,
  turns: readonly (() => Promise<Iterable<string>>)[],
  diffIds: readonly string[],
  warn: (sentence: string) => void = () => {},
): Promise<FoundImage[]> {
  const skip = (error: unknown) => {
    warn(
      `reuse: earlier images cannot be read, and layers that they have may be sent again: ${messageOf(error)}`,
    )
    return []
  }
  const images: FoundImage[] = []
  const missing = new Set(diffIds)
  const seen = new Set<string>()
  const search = startSearch()
  for (const turn of turns) {
    if (missing.size === 0) break
    for (const reference of await turn().catch(skip)) {
      if (missing.size === 0 || seen.has(reference)) continue
      seen.add(reference)
      for (const image of await pullImages(repository, reference, search).catch(skip)) {
        images.push(image)
        for (const diffId of image.diffIds) missing.delete(diffId)
      }
    }
  }
  return images
}

/** Keeps those blobs that a repository has now, in their size: a manifest with another one cannot be pulled. */
export async function confirmBlobs(repository: RegistryRepository, blobs: KnownBlobs): Promise<KnownBlobs> {
  const checked = await mapConcurrently([...blobs], { concurrency }, async ([key, blob]) =>
    (await repository.hasBlob(blob.digest, blob.size)) ? [[key, blob] as const] : [],
  )
  return new Map(checked.flat())
}
