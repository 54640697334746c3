import type { Archive } from '../archive/archive.ts'
import type { Compression } from '../compression/compression.ts'
import { UserError } from '../errors.ts'
import type { Descriptor, ManifestBytes } from '../oci/manifest.ts'
import { readDockerSave } from './docker-save.ts'
import { chooseImage, type ImageChoice, isOffered } from './image-choice.ts'
import { readOciLayout } from './oci-layout.ts'

/** A layer as it lies in an archive, or another blob that is pushed as it lies. */
export type ArchivedLayer = {
  entry: string
  /** Digest of what it unpacks to; of a blob that is no layer, its own digest. */
  diffId: string
  /** Bytes in the archive. */
  sizeBytes: number
  /** Packed layers are passed through byte for byte. */
  compression: Compression
  /** The blob that it must become, byte for byte; undefined where the archive does not say, or it is to be compressed. */
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

/** Tells whether each blob must be the archived one, since a manifest or index is pushed as it is. */
export function isPinned(image: ArchivedImage | ArchivedIndex): boolean {
  return image.kind === 'index' || image.manifest !== undefined
}

/**
 * Reads the image that `wanted` names by reference, tag, digest or platform, or the only one. Throws
 * UserError where the archive is damaged, or has not exactly one such image.
 */
export async function readImage(
  archive: Archive,
  wanted: string | undefined,
): Promise<ArchivedImage | ArchivedIndex> {
  const { choice, platform } = chooseImage(await listChoices(archive, wanted), wanted)
  return await choice.read(platform)
}

// `docker save` writes manifest.json for what it would load again, and in the OCI layout an index.json that
// may name more platforms.
async function listChoices(archive: Archive, wanted: string | undefined): Promise<ImageChoice[]> {
  const hasIndex = archive.entries.has('index.json')
  if (archive.entries.has('manifest.json')) {
    const saved = await readDockerSave(archive)
    if (!hasIndex || wanted === undefined || isOffered(saved, wanted)) return saved
  }
  if (hasIndex) return await readOciLayout(archive)
  throw new UserError(
    `archive: ${archive.name}: expected manifest.json of docker save, or index.json of an OCI layout, found neither`,
  )
}
