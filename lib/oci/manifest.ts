import { type Descriptor, isDescriptor } from './descriptor.ts'
import { digestOf } from './digest.ts'
import type { Compression } from './media-type.ts'
import { type Family, layerType, typesOf } from './media-type.ts'

/** A layer as it lies in a registry. */
export type Blob = { digest: string; size: number; compression: Compression }

/** The bytes of a manifest or an index, and their digest. */
export type ManifestBytes = { bytes: Buffer; mediaType: string; digest: string }

/** An image manifest of schema version 2. */
export type Manifest = { schemaVersion: 2; mediaType: string; config: Descriptor; layers: Descriptor[] }

/** Makes the manifest of an image: the same bytes for the same blobs. */
export function renderManifest(
  family: Family,
  config: { digest: string; size: number },
  layers: readonly Blob[],
): ManifestBytes {
  const types = typesOf(family)
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, size: config.size, digest: config.digest },
    layers: layers.map(({ compression, size, digest }) => ({
      mediaType: layerType(family, compression),
      size,
      digest,
    })),
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  return { bytes, mediaType: types.manifest, digest: digestOf(bytes) }
}

/** Parses an image manifest; `undefined` for an index or anything else. */
export function parseManifest(bytes: Buffer): Manifest | undefined {
  const { mediaType, config, layers } = parseObject(bytes)
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) return undefined
  return { schemaVersion: 2, mediaType: String(mediaType), config, layers }
}

/** Lists what an index names; empty for anything else. */
export function parseIndex(bytes: Buffer): Descriptor[] {
  const { manifests } = parseObject(bytes)
  return Array.isArray(manifests) ? manifests.filter(isDescriptor) : []
}

function parseObject(bytes: Buffer) {
  try {
    return Object(JSON.parse(bytes.toString('utf8')))
  } catch {
    return {}
  }
}
