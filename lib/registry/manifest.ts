/** A blob as a manifest names it. */
export type Descriptor = { mediaType: string; digest: string; size: number }

/** An image manifest of schema version 2. */
export type Manifest = { schemaVersion: 2; mediaType: string; config: Descriptor; layers: Descriptor[] }

/** Docker's media types: every registry and Lambda take them. They are never mixed with OCI's. */
export const dockerTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const

/** OCI's media types, which zstd needs. */
export const ociTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const

/** Docker's name for an index. */
export const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json'

/** The manifest types that we ask a registry for. */
export const acceptedManifests = [dockerTypes.manifest, ociTypes.manifest, ociTypes.index, dockerIndex].join(
  ', ',
)

/**
 * Makes the bytes of a manifest: the same for the same blobs. Its media types are Docker's where each layer
 * has Docker's, and OCI's else: Docker's layers take OCI's name then, since their bytes are the same.
 */
export function renderManifest(config: Omit<Descriptor, 'mediaType'>, layers: readonly Descriptor[]): Buffer {
  const types = layers.every(({ mediaType }) => mediaType === dockerTypes.layer) ? dockerTypes : ociTypes
  const rename = (mediaType: string) => (mediaType === dockerTypes.layer ? types.layer : mediaType)
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, size: config.size, digest: config.digest },
    layers: layers.map(({ mediaType, size, digest }) => ({ mediaType: rename(mediaType), size, digest })),
  }
  return Buffer.from(JSON.stringify(manifest))
}

/** Parses an image manifest; `undefined` for an index or anything else. */
export function parseManifest(bytes: Buffer): Manifest | undefined {
  const { mediaType, config, layers } = Object(JSON.parse(bytes.toString('utf8')))
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) return undefined
  return { schemaVersion: 2, mediaType: String(mediaType), config, layers }
}

/** Tells whether a value has the fields of a descriptor. */
export function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = Object(value)
  return typeof mediaType === 'string' && typeof digest === 'string' && typeof size === 'number'
}
