import { type Descriptor, isDescriptor, isMediaType, mostDescriptors } from './descriptor.ts'
import { digestOf } from './digest.ts'
import { parseJson } from './json.ts'
import type { Compression } from './media-type.ts'
import { compressionOf, type Family, layerType, toOciType, typesOf } from './media-type.ts'

/** A layer as it lies in a registry. */
export type Blob = { digest: string; size: number; compression: Compression }

/** The bytes of a manifest or an index, and their digest. */
export type ManifestBytes = { bytes: Buffer; mediaType: string; digest: string }

/** A manifest as a tool wrote it, and what it parses to. */
export type SourceManifest = ManifestBytes & { value: Readonly<Record<string, unknown>> }

/** Bytes that registries accept as a manifest: https://github.com/distribution/distribution/blob/main/registry/handlers/manifests.go */
export const largestManifestBytes = 4 * 1024 * 1024

/** An image manifest of schema version 2. */
export type Manifest = { schemaVersion: 2; mediaType: string; config: Descriptor; layers: Descriptor[] }

/** Texts by name; only OCI's manifests have them. */
export type Annotations = Readonly<Record<string, string>>

/** Creates the manifest of an image: the same bytes for the same blobs and annotations. */
export function renderManifest(
  family: Family,
  config: { digest: string; size: number },
  layers: readonly Blob[],
  annotations?: Annotations,
): ManifestBytes {
  const types = typesOf(family)
  const manifest: Manifest & { annotations?: Annotations } = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, size: config.size, digest: config.digest },
    layers: layers.map(({ compression, size, digest }) => ({
      mediaType: layerType(family, compression),
      size,
      digest,
    })),
    ...(annotations && { annotations }),
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  return { bytes, mediaType: types.manifest, digest: digestOf(bytes) }
}

/**
 * Puts the blobs that layers have become into the manifest that a tool wrote. Only their descriptors change, and
 * nothing where all are those that it names; its annotations and its family stay, unless a layer needs OCI's, and
 * others are added. A layout may name it by SHA-512, a registry names what a tag does by SHA-256.
 */
export function rewriteManifest(
  { value, ...source }: SourceManifest,
  family: Family,
  blobs: readonly Blob[],
  annotations?: Annotations,
): ManifestBytes {
  const layers = Array.isArray(value.layers) ? value.layers : []
  if (blobs.every((blob, at) => isSameBlob(layers[at], blob)))
    return { ...source, digest: digestOf(source.bytes) }
  const retype = family === 'oci' ? toOciType : (type: string) => type
  const convert = (part: unknown) => {
    const { mediaType } = Object(part)
    return typeof mediaType === 'string' ? { ...Object(part), mediaType: retype(mediaType) } : part
  }
  const rewritten = {
    ...Object(convert(value)),
    config: convert(value.config),
    layers: layers.map((layer, at) => {
      const blob = blobs[at]
      if (!blob || isSameBlob(layer, blob)) return convert(layer)
      const { digest, size, compression } = blob
      // What was stated about the bytes of the old blob is wrong about the new one.
      const { data: _data, urls: _urls, ...kept } = Object(layer)
      return { ...kept, mediaType: layerType(family, compression), digest, size }
    }),
    ...(annotations && { annotations: { ...Object(value.annotations), ...annotations } }),
  }
  const bytes = Buffer.from(JSON.stringify(rewritten))
  return { bytes, mediaType: retype(source.mediaType), digest: digestOf(bytes) }
}

/** Returns whether a manifest's layer is a blob, and calls it what it is: its media type may say another compression. */
export function isSameBlob(layer: unknown, { digest, compression }: Blob): boolean {
  const { mediaType, digest: said } = Object(layer)
  return said === digest && (compressionOf(String(mediaType)) ?? compression) === compression
}

/** Parses an image manifest; `undefined` for an index or anything else. */
export function parseManifest(bytes: Buffer): Manifest | undefined {
  const { mediaType, config, layers } = parseObject(bytes)
  if (!isDescriptor(config) || !isLayers(layers)) return undefined
  return { schemaVersion: 2, mediaType: isMediaType(mediaType) ? mediaType : '', config, layers }
}

/** Lists what an index names; empty for anything else, and for an index that is too long to be one. */
export function parseIndex(bytes: Buffer): Descriptor[] {
  const { manifests } = parseObject(bytes)
  const isList = Array.isArray(manifests) && manifests.length <= mostDescriptors
  return isList ? manifests.filter(isDescriptor) : []
}

const isLayers = (list: unknown): list is Descriptor[] =>
  Array.isArray(list) && list.length <= mostDescriptors && list.every(isDescriptor)

function parseObject(bytes: Buffer) {
  try {
    return Object(parseJson(bytes))
  } catch {
    return {}
  }
}
