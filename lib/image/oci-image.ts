import type { Archive } from '../archive/archive.ts'
import { detectCompression, detectUnsupported } from '../compression/detect.ts'
import { UserError } from '../errors.ts'
import { type Descriptor, isDescriptor } from '../oci/descriptor.ts'
import {
  artifactManifestType,
  compressionOf,
  dockerTypes,
  layerCompression,
  ociTypes,
} from '../oci/media-type.ts'
import type { ArchivedImage, ArchivedLayer } from './archived-image.ts'
import { hasDiffIds, parseConfig } from './image-config.ts'
import {
  findBlob,
  type IndexedBlob,
  isElsewhere,
  type JsonBlob,
  readBlob,
  readDescriptors,
  toBytes,
} from './oci-blob.ts'

/** Returns whether a manifest may be that of an image whose layers can be compressed; others are pushed as they lie. */
function isPackable(manifest: JsonBlob): boolean {
  return isImage(manifest) && !readLayers(manifest).some(isElsewhere)
}

/** Reads the image of a manifest in an OCI layout; `undefined` where it is to be pushed as it lies. */
export async function readOciImage(
  archive: Archive,
  manifest: JsonBlob,
  references: string[],
): Promise<ArchivedImage | undefined> {
  if (!isPackable(manifest)) return undefined
  const config = await readBlob(archive, readConfigDescriptor(manifest), manifest.entry)
  const blobs = readLayers(manifest)
  if (blobs.length > 0 && !hasDiffIds(config.value)) return undefined
  const { diffIds, platform } = parseConfig(config.value, config.entry, blobs.length)
  const layers = blobs.map((blob, at) => compressible(readPassed(archive, blob, diffIds[at], manifest.entry)))
  await refuseMistyped(archive, layers)
  return {
    kind: 'image',
    config: config.bytes,
    configDigest: config.digest,
    layers,
    references,
    platform,
    source: { ...toBytes(manifest), value: Object(manifest.value) },
    warnings: [],
  }
}

/** Lists the blobs that a manifest names, config first, to be pushed as they lie. It may be of no image. */
export async function readManifestBlobs(archive: Archive, manifest: JsonBlob): Promise<ArchivedLayer[]> {
  const config = findConfig(manifest)
  const layers = readLayers(manifest)
  const diffIds = await readDiffIds(archive, manifest, layers.length)
  const passed = layers.flatMap((blob, at) =>
    isElsewhere(blob) ? [] : [readPassed(archive, blob, diffIds[at], manifest.entry)],
  )
  await refuseMistyped(archive, passed)
  return [...(config ? [readPassed(archive, config, undefined, manifest.entry)] : []), ...passed]
}

async function readDiffIds(archive: Archive, manifest: JsonBlob, layerCount: number): Promise<string[]> {
  if (!isImage(manifest)) return []
  const config = await readConfigOf(archive, manifest)
  return hasDiffIds(config) ? parseConfig(config, `config of ${manifest.entry}`, layerCount).diffIds : []
}

/** Reads the config of an image manifest, for the platform that it names. */
export async function readConfigOf(archive: Archive, manifest: JsonBlob): Promise<unknown> {
  const config = findConfig(manifest)
  return config && isImageConfig(config) ? (await readBlob(archive, config, manifest.entry)).value : {}
}

// An attestation has the config of an image, too, but none of its layers is a tar.
function isImage(manifest: JsonBlob): boolean {
  if (manifest.mediaType === artifactManifestType) return false
  const layers = readLayers(manifest)
  const isTar = ({ mediaType }: Descriptor) => compressionOf(mediaType) !== undefined
  return isImageConfig(readConfigDescriptor(manifest)) && (layers.length === 0 || layers.some(isTar))
}

const isImageConfig = ({ mediaType }: Descriptor) =>
  mediaType === ociTypes.config || mediaType === dockerTypes.config

const readLayers = ({ value, entry, mediaType }: JsonBlob) =>
  readDescriptors(value, mediaType === artifactManifestType ? 'blobs' : 'layers', entry)

function readConfigDescriptor(manifest: JsonBlob): Descriptor {
  const config = findConfig(manifest)
  if (config) return config
  throw new UserError(`archive: ${manifest.entry}: expected an image manifest with a config, got none`)
}

function findConfig({ value }: JsonBlob): Descriptor | undefined {
  const { config } = Object(value)
  return isDescriptor(config) ? config : undefined
}

function readPassed(
  archive: Archive,
  { mediaType, digest, size }: IndexedBlob,
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

// Compressed once more, it would be another layer; as it lies, it would be sent before its diffID is found to be wrong.
async function refuseMistyped(archive: Archive, layers: readonly ArchivedLayer[]): Promise<void> {
  for (const { entry, compression, diffId, descriptor } of layers) {
    if (compression !== 'none' || diffId === descriptor?.digest) continue
    const start = await archive.peek(entry)
    const got = detectUnsupported(start) ?? detectCompression(start)
    if (got === 'none') continue
    throw new UserError(
      `archive: ${entry}: expected a layer that is not compressed, as its media type or its diffID says, got ${got}; write the archive again`,
    )
  }
}

// A tar that is not packed may be compressed on its way: then it becomes another blob.
function compressible(layer: ArchivedLayer): ArchivedLayer {
  const { descriptor: original, ...rest } = layer
  const isTar = original && layerCompression(original, layer.diffId) === 'none'
  return isTar ? { ...rest, compression: 'none', original } : layer
}
