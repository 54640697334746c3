import type { Archive } from '../archive/archive.ts'
import { UserError } from '../errors.ts'
import { type Descriptor, isDescriptor } from '../oci/descriptor.ts'
import { compressionOf, dockerTypes, ociTypes } from '../oci/media-type.ts'
import type { ArchivedImage, ArchivedLayer } from './archived-image.ts'
import { parseConfig } from './image-config.ts'
import { findBlob, type JsonBlob, readBlob, readDescriptors } from './oci-blob.ts'

/** Reads the image of a manifest in an OCI layout. Throws UserError where it is no image. */
export async function readOciImage(
  archive: Archive,
  manifest: JsonBlob,
  references: string[],
): Promise<ArchivedImage> {
  const described = readConfigDescriptor(manifest)
  if (!isImageConfig(described)) {
    throw new UserError(
      `archive: ${manifest.entry}: expected an image, got an artifact with the config ${described.mediaType}`,
    )
  }
  const config = await readBlob(archive, described, manifest.entry)
  const blobs = readDescriptors(manifest.value, 'layers', manifest.entry)
  const { diffIds, platform } = parseConfig(config.value, config.entry, blobs.length)
  const layers = blobs.map((blob, at) => compressible(readPassed(archive, blob, diffIds[at], manifest.entry)))
  const { bytes, mediaType, digest } = manifest
  // A layer that is compressed on its way changes the manifest.
  const isKept = layers.every(({ descriptor }) => descriptor !== undefined)
  return {
    kind: 'image',
    config: config.bytes,
    configDigest: config.digest,
    layers,
    references,
    platform,
    ...(isKept && { manifest: { bytes, mediaType, digest } }),
  }
}

/** Lists the blobs that a manifest names, config first, to be pushed as they lie. It may be of no image. */
export async function readManifestBlobs(archive: Archive, manifest: JsonBlob): Promise<ArchivedLayer[]> {
  const config = readConfigDescriptor(manifest)
  const blobs = readDescriptors(manifest.value, 'layers', manifest.entry)
  const diffIds = isImageConfig(config)
    ? parseConfig((await readBlob(archive, config, manifest.entry)).value, config.digest, blobs.length)
        .diffIds
    : []
  return [config, ...blobs].map((blob, at) => readPassed(archive, blob, diffIds[at - 1], manifest.entry))
}

/** Reads the config of an image manifest, for the platform that it names. */
export async function readConfigOf(archive: Archive, manifest: JsonBlob): Promise<unknown> {
  const config = readConfigDescriptor(manifest)
  return isImageConfig(config) ? (await readBlob(archive, config, manifest.entry)).value : {}
}

const isImageConfig = ({ mediaType }: Descriptor) =>
  mediaType === ociTypes.config || mediaType === dockerTypes.config

function readConfigDescriptor({ value, entry }: JsonBlob): Descriptor {
  const { config } = Object(value)
  if (isDescriptor(config)) return config
  throw new UserError(`archive: ${entry}: expected an image manifest with a config, got none`)
}

function readPassed(
  archive: Archive,
  { mediaType, digest, size }: Descriptor,
  diffId: string | undefined,
  namedBy: string,
): ArchivedLayer {
  const entry = findBlob(archive, { mediaType, digest, size }, namedBy)
  const compression = compressionOf(mediaType)
  const descriptor = { mediaType, digest, size }
  // Of a blob that is no tar, such as a provenance, the digest is all that can be checked.
  if (compression === undefined || diffId === undefined)
    return { entry, diffId: digest, sizeBytes: size, compression: 'none', descriptor }
  return { entry, diffId, sizeBytes: size, compression, descriptor }
}

// A tar that is not packed is compressed on its way: it becomes another blob.
function compressible(layer: ArchivedLayer): ArchivedLayer {
  const { descriptor, ...rest } = layer
  return descriptor && compressionOf(descriptor.mediaType) === 'none' ? rest : layer
}
