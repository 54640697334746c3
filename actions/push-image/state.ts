import { digestOf } from '../../lib/registry/digest.ts'
import {
  type ArchivedImage,
  type ArchivedIndex,
  type ArchivedLayer,
  isPinned,
} from '../../lib/registry/image.ts'
import { type Descriptor, parseManifest } from '../../lib/registry/manifest.ts'
import type { RegistryRepository } from '../../lib/registry/registry.ts'
import { learnBlobs } from '../../lib/registry/reuse.ts'

/** What the repository has of the image, as far as it matters for the push. */
export type State = {
  /**
   * diffID to the blob that it became in an earlier image, and digest to the blob that the archive has for a
   * layer; each blob was confirmed.
   */
  blobs: ReadonlyMap<string, Descriptor>
  hasConfig: boolean
  /** Tag to the digest of the manifest that it names now. */
  tags: ReadonlyMap<string, string>
}

/** Describes the repository: what the tags name, and which blobs of earlier images are layers of this one. */
export async function describeState(
  image: ArchivedImage | ArchivedIndex,
  repository: RegistryRepository,
  tags: readonly string[],
  earlier: readonly string[],
): Promise<State> {
  const named = new Map<string, string>()
  const learned = new Map<string, Descriptor>()
  const layers = image.kind === 'index' ? image.blobs : image.layers
  // A blob that must be the archived one is not learned by what it unpacks to.
  const wanted = new Set(isPinned(image) ? [] : layers.map(({ diffId }) => diffId))
  for (const reference of [...tags, ...earlier]) {
    const isTag = tags.includes(reference)
    if (!isTag && [...wanted].every((diffId) => learned.has(diffId))) break
    const bytes = await repository.getManifest(reference)
    if (!bytes) continue
    if (isTag) named.set(reference, digestOf(bytes))
    for (const [diffId, blob] of await learn(bytes, repository))
      if (wanted.has(diffId)) learned.set(diffId, blob)
  }
  return {
    blobs: new Map([...(await findArchived(layers, repository)), ...(await confirm(learned, repository))]),
    hasConfig: image.kind === 'image' && (await repository.hasBlob(image.configDigest)),
    tags: named,
  }
}

// Of a layer that is passed through, the archive may tell which blob it is.
async function findArchived(
  layers: readonly ArchivedLayer[],
  repository: RegistryRepository,
): Promise<Map<string, Descriptor>> {
  const named = layers.flatMap(({ descriptor }) =>
    descriptor ? [[descriptor.digest, descriptor] as const] : [],
  )
  return await confirm(new Map(named), repository)
}

async function learn(bytes: Buffer, repository: RegistryRepository): Promise<Map<string, Descriptor>> {
  const manifest = parseManifest(bytes)
  if (!manifest || !(await repository.hasBlob(manifest.config.digest))) return new Map()
  const config = await repository.getBlob(manifest.config.digest)
  // A config that is not what its digest says teaches nothing.
  if (digestOf(config) !== manifest.config.digest) return new Map()
  return learnBlobs(manifest, JSON.parse(config.toString('utf8')))
}

async function confirm(
  learned: ReadonlyMap<string, Descriptor>,
  repository: RegistryRepository,
): Promise<Map<string, Descriptor>> {
  const confirmed = new Map<string, Descriptor>()
  for (const [diffId, blob] of learned) if (await repository.hasBlob(blob.digest)) confirmed.set(diffId, blob)
  return confirmed
}
