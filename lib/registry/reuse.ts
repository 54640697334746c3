import { type Descriptor, dockerTypes, type Manifest } from './manifest.ts'

/**
 * Learns which blob a diffID became in an earlier image: layers of the manifest and diffIDs of its config
 * stand in the same order. Only blobs of the media type that we push count.
 */
export function learnBlobs(manifest: Manifest, config: unknown): Map<string, Descriptor> {
  const diffIds: unknown = Object(Object(config).rootfs).diff_ids
  if (!Array.isArray(diffIds) || diffIds.length !== manifest.layers.length) return new Map()
  return new Map(
    manifest.layers
      .map((layer, at) => [String(diffIds[at]), layer] as const)
      .filter(([, layer]) => layer.mediaType === dockerTypes.layer),
  )
}
