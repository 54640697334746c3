import type { Archive } from '../archive/archive.ts'
import { readJson } from '../archive/json-entry.ts'
import { UserError } from '../errors.ts'
import { type Descriptor, isDescriptor, mostDescriptors } from '../oci/descriptor.ts'
import { digestLike, isDigest } from '../oci/digest.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import { dockerTypes, isForeignLayer, manifestTypes, ociTypes } from '../oci/media-type.ts'
import { quote } from '../quote.ts'

/** Names the entry of a blob in an OCI layout: `blobs/sha256/HEX`. */
const blobEntry = ({ digest }: Descriptor) => `blobs/${digest.replace(':', '/')}`

/** Finds a blob without reading it; throws UserError where it is missing, or has another size. */
export function findBlob(archive: Archive, descriptor: Descriptor, namedBy: string): string {
  const entry = blobEntry(descriptor)
  const { sizeBytes } = archive.find(entry, namedBy)
  if (sizeBytes === descriptor.size) return entry
  throw new UserError(
    `archive: ${entry}: expected ${descriptor.size} bytes as ${namedBy} says, got ${sizeBytes}; the archive is damaged`,
  )
}

/** A small blob: manifest, index or config. */
export type JsonBlob = ManifestBytes & { entry: string; value: unknown }

/** Reads a small blob, and checks its size and digest. */
export async function readBlob(archive: Archive, descriptor: Descriptor, namedBy: string): Promise<JsonBlob> {
  const entry = findBlob(archive, descriptor, namedBy)
  const { bytes, value } = await readJson(archive, entry)
  const digest = digestLike(descriptor.digest, bytes)
  if (digest === descriptor.digest) return { entry, bytes, value, digest, mediaType: descriptor.mediaType }
  throw new UserError(`archive: ${entry}: expected its name as digest, got ${digest}; the archive is damaged`)
}

/** Keeps of a blob what is pushed. */
export const toBytes = ({ bytes, mediaType, digest }: JsonBlob): ManifestBytes => ({
  bytes,
  mediaType,
  digest,
})

/**
 * Lists the descriptors in a field of a manifest or index; tools written in Go write `null` for none, and some
 * manifests have no layers at all. Throws UserError where it is no such list.
 */
export function readDescriptors(
  value: unknown,
  field: 'manifests' | 'layers' | 'blobs',
  name: string,
): IndexedBlob[] {
  const list: unknown = Object(value)[field]
  if (list === null || (list === undefined && field !== 'manifests')) return []
  if (!Array.isArray(list)) {
    throw new UserError(`archive: ${name}: expected a list of descriptors in "${field}", got none`)
  }
  if (list.length > mostDescriptors) {
    throw new UserError(
      `archive: ${name}: expected at most ${mostDescriptors} descriptors in "${field}", got ${list.length}`,
    )
  }
  return list.map((item, at) => readDescriptor(item, `${name}: ${field}[${at}]`))
}

function readDescriptor(value: unknown, place: string): IndexedBlob {
  if (isDescriptor(value)) return value
  const { mediaType, digest, size } = Object(value)
  const [expected, got] = isDigest(digest)
    ? ['a media type and a size in bytes', `${render(mediaType)}, ${render(size)}`]
    : ['a digest such as sha256: and 64 hex digits', render(digest)]
  throw new UserError(`archive: ${place}: expected ${expected}, got ${quote(got)}`)
}

const render = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none'))

/** A descriptor with what an index or a manifest may add to it. */
export type IndexedBlob = Descriptor & { platform?: unknown; annotations?: unknown; urls?: unknown }

/** Returns whether a media type is that of an index. */
export const isIndex = ({ mediaType }: { mediaType: string }) =>
  mediaType === ociTypes.index || mediaType === dockerTypes.index

/**
 * Returns whether a descriptor names a manifest or an index. Other types are no error:
 * https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
export const isManifest = ({ mediaType }: { mediaType: string }) => manifestTypes.includes(mediaType)

/** Returns whether a layer comes from addresses of its own, such as the base of Windows: registries do not hold it. */
export const isElsewhere = ({ mediaType, urls }: IndexedBlob) =>
  isForeignLayer(mediaType) && Array.isArray(urls) && urls.length > 0
