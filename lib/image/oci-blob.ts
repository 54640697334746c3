import type { Archive } from '../archive/archive.ts'
import { readJson } from '../archive/json-entry.ts'
import { UserError } from '../errors.ts'
import { type Descriptor, isDescriptor } from '../oci/descriptor.ts'
import { digestOf } from '../oci/digest.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import { dockerTypes, ociTypes } from '../oci/media-type.ts'

/** Names the entry of a blob in an OCI layout: `blobs/sha256/HEX`. */
function blobEntry({ digest }: Descriptor): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? []
  if (hex !== undefined) return `blobs/sha256/${hex}`
  throw new UserError(`archive: expected a digest such as sha256: and 64 hex digits, got "${digest}"`)
}

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
  const digest = digestOf(bytes)
  if (digest === descriptor.digest) return { entry, bytes, value, digest, mediaType: descriptor.mediaType }
  throw new UserError(`archive: ${entry}: expected its name as digest, got ${digest}; the archive is damaged`)
}

/** Lists the descriptors in a field of a manifest or index; throws UserError where it is no such list. */
export function readDescriptors(value: unknown, field: 'manifests' | 'layers', name: string): IndexedBlob[] {
  const list: unknown = Object(value)[field]
  if (Array.isArray(list) && list.every(isDescriptor)) return list
  throw new UserError(`archive: ${name}: expected a list of descriptors in "${field}", got none`)
}

/** A descriptor with what an index may add to it. */
export type IndexedBlob = Descriptor & { platform?: unknown; annotations?: unknown }

/** Tells whether a media type is that of an index. */
export const isIndex = ({ mediaType }: { mediaType: string }) =>
  mediaType === ociTypes.index || mediaType === dockerTypes.index
