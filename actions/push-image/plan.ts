import { type CompressionChoice, compressionAfter } from '../../lib/compression/choice.ts'
import { UserError } from '../../lib/errors.ts'
import {
  type Archived,
  type ArchivedImage,
  type ArchivedLayer,
  type ArchivedTree,
  describedBlob,
  type Referrer,
} from '../../lib/image/archived-image.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import {
  type Blob,
  isSameBlob,
  type ManifestBytes,
  parseManifest,
  renderManifest,
  rewriteManifest,
} from '../../lib/oci/manifest.ts'
import { type Compression, type Family, ociTypes } from '../../lib/oci/media-type.ts'
import { type FoundImage, keyOf, statedBlob } from '../../lib/registry/reuse.ts'
import type { State } from './observe/state.ts'

/** What is done with one layer or blob: it is there already, it is taken over from another repository, or sent. */
export type BlobStep =
  | { kind: 'reuse'; layer: ArchivedLayer; blob: Blob }
  | { kind: 'mount'; layer: ArchivedLayer; blob: Blob; from: string }
  | { kind: 'send'; layer: ArchivedLayer; compression: Compression }

/** What a push does. */
export type Plan = {
  blobs: BlobStep[]
  /** The config to send, where the archive holds one image and the repository lacks it. */
  config: Buffer | undefined
  /** Members of an index, and manifests that refer to what is pushed, in the order to put them. */
  members: Referrer[]
  /** What the tags will name; undefined where blobs are yet to be made. */
  manifest: ManifestBytes | undefined
  family: Family
  /** Tags that do not name this image yet. */
  tags: string[]
}

/** Plans a push; the plan of an image that is there, under all its tags, does nothing. */
export function planPush(
  archived: Archived,
  state: State,
  tags: readonly string[],
  choice: CompressionChoice,
): Plan {
  return archived.kind === 'tree' ? planTree(archived, state, tags) : planImage(archived, state, tags, choice)
}

function planImage(
  image: ArchivedImage,
  state: State,
  tags: readonly string[],
  choice: CompressionChoice,
): Plan {
  const family = chooseFamily(image, choice)
  const found = state.images.find((candidate) => isSame(candidate, image, family, choice))
  const blobs = image.layers.map((layer, at): BlobStep => {
    const blob = found?.layers[at]
    return blob ? { kind: 'reuse', layer, blob } : planBlob(layer, state, choice)
  })
  const known = blobs.flatMap((step) =>
    step.kind === 'send' ? (statedBlob(step.layer, choice) ?? []) : [step.blob],
  )
  const rendered = known.length === blobs.length ? renderImage(image, family, known) : undefined
  const manifest = found ?? rendered
  return {
    blobs,
    config: found || state.hasConfig ? undefined : image.config,
    members: [],
    manifest,
    family,
    tags: staleTags(tags, state, manifest),
  }
}

/** Renders the manifest of an image whose layers have become blobs: the archive's own, as far as it has one. */
export function renderImage(image: ArchivedImage, family: Family, blobs: readonly Blob[]): ManifestBytes {
  const { source, configDigest, config, annotations } = image
  if (source) return rewriteManifest(source, family, blobs, annotations)
  return renderManifest(family, { digest: configDigest, size: config.length }, blobs, annotations)
}

function planTree(
  { root: { bytes, mediaType }, manifests, referrers, blobs }: ArchivedTree,
  state: State,
  tags: readonly string[],
): Plan {
  // A layout may name it by SHA-512, a registry names what a tag does by SHA-256.
  const root = { bytes, mediaType, digest: digestOf(bytes) }
  const steps = blobs.map((layer) => planBlob(layer, state, { compression: 'none' }))
  // A registry accepts an index only with its members: when a tag names it, they exist.
  const isThere = [...state.tags.values()].includes(root.digest)
  const referring = referrers.filter(
    ({ reference, manifest }) => state.tags.get(reference) !== manifest.digest,
  )
  const named = [...manifests, ...(referring.length > 0 ? [root] : [])]
  return {
    blobs: steps,
    config: undefined,
    members: [
      ...(isThere ? [] : named).map((manifest) => ({ reference: manifest.digest, manifest })),
      ...referring,
    ],
    manifest: root,
    family: mediaType.startsWith('application/vnd.docker.') ? 'docker' : 'oci',
    tags: staleTags(tags, state, root),
  }
}

const staleTags = (tags: readonly string[], state: State, manifest: ManifestBytes | undefined) =>
  tags.filter((tag) => manifest === undefined || state.tags.get(tag) !== manifest.digest)

function planBlob(layer: ArchivedLayer, state: State, choice: CompressionChoice): BlobStep {
  const compression = compressionAfter(layer, choice)
  const key = keyOf(layer, compression)
  const blob = state.blobs.get(key)
  if (blob) return { kind: 'reuse', layer, blob }
  const mountable = state.mountable?.blobs.get(key)
  if (state.mountable && mountable)
    return { kind: 'mount', layer, blob: mountable, from: state.mountable.from }
  return { kind: 'send', layer, compression }
}

// The config names the diffIDs, so equal configs are equal images; the wished compression must be theirs as well.
// Where the archive has a manifest, or annotations are added, what it says besides must be the same, too.
function isSame(found: FoundImage, image: ArchivedImage, family: Family, choice: CompressionChoice): boolean {
  if (found.configDigest !== image.configDigest) return false
  const isWished = image.layers.every((layer, at) => {
    const blob = found.layers[at]
    const compression = compressionAfter(layer, choice)
    const digest = image.source ? describedBlob(layer, compression)?.digest : undefined
    return blob?.compression === compression && (digest ?? blob.digest) === blob.digest
  })
  if (!isWished) return false
  const isPlain = !image.source && !image.annotations
  return isPlain ? isTyped(found) : renderImage(image, family, found.layers).digest === found.digest
}

// Some tools call a tar gzip that is not packed: such a blob serves, its manifest does not.
function isTyped({ bytes, layers }: FoundImage): boolean {
  const said = parseManifest(bytes)?.layers
  return layers.every((blob, at) => isSameBlob(said?.[at], blob))
}

// Every registry supports Docker's types, but only OCI's support zstd and annotations.
function chooseFamily(image: ArchivedImage, choice: CompressionChoice): Family {
  const hasZstd = image.layers.some((layer) => compressionAfter(layer, choice) === 'zstd')
  return hasZstd || image.annotations || image.source?.mediaType === ociTypes.manifest ? 'oci' : 'docker'
}

/** Counts the bytes of the archive that a plan sends, as far as they are known. */
export const countSent = ({ blobs }: Plan) =>
  blobs.reduce((sum, { kind, layer }) => sum + (kind === 'reuse' ? 0 : layer.sizeBytes), 0)

/** Returns whether a plan has nothing to do. */
export function isReached(plan: Plan): boolean {
  return (
    plan.tags.length === 0 &&
    plan.members.length === 0 &&
    plan.config === undefined &&
    plan.blobs.every(({ kind }) => kind === 'reuse')
  )
}

/** Refuses to move a tag that cannot be moved: before any byte is sent, and not after 10 GB. */
export function refuseMoves(
  plan: Plan,
  state: State,
  { uri, isImmutable }: { uri: string; isImmutable(tag: string): boolean },
): void {
  const moved = plan.tags.find((tag) => state.tags.has(tag) && isImmutable(tag))
  if (moved === undefined) return
  throw new UserError(
    `tags: "${moved}" names another image in ${uri}, whose tags are immutable; choose another tag`,
  )
}
