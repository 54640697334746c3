import { type CompressionChoice, compressionAfter } from '../../../lib/compression/choice.ts'
import type { Archived, ArchivedLayer } from '../../../lib/image/archived-image.ts'
import type { Log } from '../../../lib/log.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { isHeldBack } from '../../../lib/registry/http/errors.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import {
  blobKey,
  confirmBlobs,
  type FoundImage,
  type KnownBlobs,
  keyOf,
  mapLayersByDiffId,
  statedBlob,
} from '../../../lib/registry/reuse.ts'
import type { Inputs } from '../inputs.ts'
import type { BlobMemory } from './blob-memory.ts'
import type { PushTarget, RepositoryAccess } from './push-target.ts'

/** What the repository has of the image, as far as it matters for the push. */
export type State = {
  /** What layers became in earlier images; each blob was confirmed. */
  blobs: KnownBlobs
  /** The same in the repository that blobs may be mounted from. */
  mountable?: { from: string; blobs: KnownBlobs } | undefined
  /** Earlier images that are whole: each of their blobs is among those. */
  images: readonly FoundImage[]
  hasConfig: boolean
  /** Tag, or reference of a referrer, to the digest of the manifest or index that it names now. */
  tags: ReadonlyMap<string, string>
}

/** What a repository that is yet to be made has. */
export const emptyState: State = { blobs: new Map(), images: [], hasConfig: false, tags: new Map() }

// An archive may name any number of layers, and of manifests that refer to an image.
const concurrency = 8

type Warn = (sentence: string) => void

/** Where to learn what a layer becomes, and whom to tell where that fails. */
type Hints = { choice: CompressionChoice; memory: BlobMemory; warn: Warn }

// Ten images that cannot be read are one reason.
function makeWarn(log: Pick<Log, 'warning'>): Warn {
  let isTold = false
  return (sentence) => {
    if (!isTold) log.warning(sentence)
    isTold = true
  }
}

/** Describes a repository: what the tags name, and which of its blobs are layers of this image. */
async function describeState(
  archived: Archived,
  place: RepositoryAccess,
  tags: readonly string[],
  hints: Hints,
): Promise<State> {
  const named = await describeTags(place.repository, tags)
  const referring = await describeTags(place.repository, referencesOf(archived))
  const [{ images, blobs }, hasConfig] = await Promise.all([
    describeBlobs(layersOf(archived), place, named, hints),
    archived.kind === 'tree' || place.repository.hasBlob(archived.configDigest),
  ])
  return { blobs, images, hasConfig, tags: new Map([...referring, ...named]) }
}

/** Describes what the tags name, and nothing else: for a push that may reuse nothing. */
async function describeTags(
  repository: RegistryRepository,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const named = await mapConcurrently(
    tags,
    { concurrency },
    async (tag) => [tag, (await repository.describeManifest(tag).catch(ignoreHeldBack))?.digest] as const,
  )
  return new Map(named.flatMap(([tag, digest]) => (digest === undefined ? [] : [[tag, digest] as const])))
}

// What such a tag names is not known: it is moved.
function ignoreHeldBack(error: unknown): undefined {
  if (!isHeldBack(error)) throw error
}

/**
 * Describes which layers a repository has: by their digest if the archive states it, otherwise by what they became
 * in earlier images. `named` are tags, and the digests of the images that probably have them.
 */
async function describeBlobs(
  layers: readonly ArchivedLayer[],
  { repository, newest }: RepositoryAccess,
  named: ReadonlyMap<string, string>,
  { choice, memory, warn }: Hints,
): Promise<{ images: FoundImage[]; blobs: KnownBlobs }> {
  const unknown = layers.filter((layer) => !statedBlob(layer, choice)).map(({ diffId }) => diffId)
  const others = async () => [...(await newest())].filter((reference) => !named.has(reference))
  const images = await mapLayersByDiffId(repository, [async () => named.values(), others], unknown, warn)
  // A layer may have become different blobs in several images: the first reference counts, such as the pushed tag.
  const learned = new Map(
    images
      .toReversed()
      .flatMap(({ diffIds, layers: blobs }) =>
        blobs.map((blob, at) => [blobKey(diffIds[at] ?? '', blob.compression), blob] as const),
      ),
  )
  const found = await mapConcurrently(layers, { concurrency }, async (layer) => {
    const compression = compressionAfter(layer, choice)
    const known = statedBlob(layer, choice) ?? learned.get(blobKey(layer.diffId, compression))
    const blob = known ?? (await memory.recall(layer))
    return blob ? [[keyOf(layer, compression), blob] as const] : []
  })
  const wanted = found.flat()
  // One content may lie in an image twice, packed differently: of an image that may be this one, each blob counts.
  const diffIds = layers.map(({ diffId }) => diffId).join()
  const twins = images
    .filter((image) => image.diffIds.join() === diffIds)
    .flatMap((image) => image.layers.map((blob) => [blob.digest, blob] as const))
  const met = new Set(wanted.map(([, { digest }]) => digest))
  const unmet = twins.filter(([digest]) => !met.has(digest))
  const confirmed = await confirmBlobs(repository, new Map([...unmet, ...wanted]))
  const there = new Set([...confirmed.values()].map(({ digest }) => digest))
  const whole = images.filter((image) => image.layers.every(({ digest }) => there.has(digest)))
  return { images: whole, blobs: confirmed }
}

/** Lists the blobs that a push may have to send. */
const layersOf = (archived: Archived): readonly ArchivedLayer[] =>
  archived.kind === 'tree' ? archived.blobs : archived.layers

const referencesOf = (archived: Archived): readonly string[] =>
  archived.kind === 'tree' ? archived.referrers.map(({ reference }) => reference) : []

/** Observes what the plan of a push depends on, as far as the inputs allow to use it. */
export async function observe(
  archived: Archived,
  target: PushTarget,
  tags: readonly string[],
  { reuse, mountFrom, compression }: Pick<Inputs, 'reuse' | 'mountFrom' | 'compression'>,
  { log, memory }: { log: Pick<Log, 'warning'>; memory: BlobMemory },
): Promise<State> {
  const hints: Hints = { choice: compression, memory, warn: makeWarn(log) }
  const state =
    reuse === 'off'
      ? { ...emptyState, tags: await describeTags(target.repository, tags) }
      : await describeState(archived, target, tags, hints)
  if (mountFrom === undefined) return state
  const { blobs } = await describeBlobs(layersOf(archived), target.sibling(mountFrom), new Map(), hints)
  return { ...state, mountable: { from: mountFrom, blobs } }
}
