import type { Descriptor } from '../oci/descriptor.ts'
import type { Annotations, ManifestBytes, SourceManifest } from '../oci/manifest.ts'
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
  /** The blob that it is in the archive, where it may be compressed, and the archive states it. */
  original?: Descriptor
}

/** Returns the blob that a layer must become, where the archive states one for this compression. */
export const describedBlob = (
  { descriptor, original }: Pick<ArchivedLayer, 'descriptor' | 'original'>,
  compression: Compression,
): Descriptor | undefined => descriptor ?? (compression === 'none' ? original : undefined)

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
  /** The manifest in the archive: pushed as it is, but for the descriptors of layers that are compressed. */
  source?: SourceManifest
  /** Added to the manifest where that is rebuilt. */
  annotations?: Annotations
  /** What of the archive is not pushed, one sentence each. */
  warnings: readonly string[]
}

/** What an archive holds: one image, or a tree of manifests. */
export type Archived = ArchivedImage | ArchivedTree

/** A multi-platform index, an artifact or an image with its signatures: pushed as it is, with all that it names. */
export type ArchivedTree = {
  kind: 'tree'
  /** What the tags will name. */
  root: ManifestBytes
  /** What the root names, in the order to push: each stands behind those that it names. */
  manifests: ManifestBytes[]
  /** Signatures, SBOMs and other manifests that refer to one of those, in the order to push. */
  referrers: Referrer[]
  /** Configs and layers of all of them, each once. */
  blobs: ArchivedLayer[]
  references: string[]
  warnings: readonly string[]
}

/** A manifest that refers to another one; its reference is its digest, or the tag under which tools look for it. */
export type Referrer = { reference: string; manifest: ManifestBytes }
