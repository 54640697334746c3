import type { Descriptor } from '../oci/descriptor.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import type { Compression } from '../oci/media-type.ts'

/** A layer as it lies in an archive, or another blob that is pushed as it lies. */
export type ArchivedLayer = {
  entry: string
  /** Digest of what it unpacks to; of a blob that is no layer, its own digest. */
  diffId: string
  /** Bytes in the archive. */
  sizeBytes: number
  /** Packed layers are passed through byte for byte. */
  compression: Compression
  /** The blob that it must become, byte for byte; undefined if the archive states none, or if it is to be compressed. */
  descriptor?: Descriptor
}

/** One image of an archive. */
export type ArchivedImage = {
  kind: 'image'
  config: Buffer
  configDigest: string
  layers: ArchivedLayer[]
  /** References that the archive names for it, such as `app:latest`, or only a tag. */
  references: string[]
  /** Such as `linux/amd64`. */
  platform: string
  /** The manifest that is pushed as it is, since each layer is passed through; undefined where a new one is made. */
  manifest?: ManifestBytes
}

/** What an archive holds: one image, or an index of several. */
export type Archived = ArchivedImage | ArchivedIndex

/** A multi-platform index, which is pushed as it is with all that it names. */
export type ArchivedIndex = {
  kind: 'index'
  index: ManifestBytes
  /** In the order to push: each stands behind those that it names. */
  manifests: ManifestBytes[]
  /** Configs and layers of all of them, each once. */
  blobs: ArchivedLayer[]
  references: string[]
}
