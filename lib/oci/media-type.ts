/** How bytes of an archive or a layer are packed. */
export type Compression = 'none' | 'gzip' | 'zstd'

/** The two families of media types. All of a manifest are of one: they are never mixed. */
export type Family = 'docker' | 'oci'

type MediaTypes = {
  index: string
  manifest: string
  config: string
  layer: Partial<Record<Compression, string>>
}

/** Docker's own, which every registry and Lambda accept: https://distribution.github.io/distribution/spec/manifest-v2-2/ */
export const dockerTypes = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: {
    none: 'application/vnd.docker.image.rootfs.diff.tar',
    gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const satisfies MediaTypes

/** OCI's, the only ones that support zstd: https://github.com/opencontainers/image-spec/blob/main/media-types.md */
export const ociTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: {
    none: 'application/vnd.oci.image.layer.v1.tar',
    gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  },
} as const satisfies MediaTypes

const families: Record<Family, MediaTypes> = { docker: dockerTypes, oci: ociTypes }

/** What ORAS wrote before manifests could have a subject: blobs without a config. */
export const artifactManifestType = 'application/vnd.oci.artifact.manifest.v1+json'

/** The types of manifests and indexes. */
export const manifestTypes: readonly string[] = [
  ...[ociTypes, dockerTypes].flatMap(({ manifest, index }) => [manifest, index]),
  artifactManifestType,
]

/** The manifest types that are requested from a registry. */
export const acceptedManifests = manifestTypes.join(', ')

/** Returns the media types of a family. */
export const typesOf = (family: Family): MediaTypes => families[family]

/** Returns the media type of a layer. */
export function layerType(family: Family, compression: Compression): string {
  const type = families[family].layer[compression]
  if (type === undefined) throw new Error(`media type: ${family} has none for a ${compression} layer`)
  return type
}

/** Returns whether a layer is one that its maker does not let others distribute. */
export const isForeignLayer = (mediaType: string) => /\.(foreign|nondistributable)\./.test(mediaType)

/** Returns OCI's media type for one of Docker's; any other comes back as it is. */
export const toOciType = (mediaType: string): string => ociOfDocker.get(mediaType) ?? mediaType

const ociOfDocker: ReadonlyMap<string, string> = new Map([
  [dockerTypes.index, ociTypes.index],
  [dockerTypes.manifest, ociTypes.manifest],
  [dockerTypes.config, ociTypes.config],
  [dockerTypes.layer.none, ociTypes.layer.none],
  [dockerTypes.layer.gzip, ociTypes.layer.gzip],
])

/** Returns the compression for a layer's media type, or `undefined` if it is no known type of a layer. */
export function compressionOf(mediaType: string): Compression | undefined {
  if (/[.+]gzip$/.test(mediaType)) return 'gzip'
  if (/[.+]zstd$/.test(mediaType)) return 'zstd'
  return /\.tar$/.test(mediaType) ? 'none' : undefined
}

/**
 * Returns how a layer is packed. Bytes with the digest of their content are not, whatever their media type: podman and
 * skopeo call a plain tar gzip. https://github.com/containers/image/issues/1270
 */
export function layerCompression(
  { mediaType, digest, size }: { mediaType: string; digest: string; size: number },
  diffId: string | undefined,
): Compression | undefined {
  const compression = compressionOf(mediaType)
  // Of a layer of no bytes, the digests tell nothing.
  return compression !== undefined && digest === diffId && size > 0 ? 'none' : compression
}
