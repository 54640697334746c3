import type { Archive } from '../archive/archive.ts'
import { MissingEntryError } from '../archive/json-entry.ts'
import { digestOf } from '../oci/digest.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import type { ArchivedLayer } from './archived-image.ts'
import { renderPlatform } from './image-config.ts'
import { verifyShape } from './manifest-shape.ts'
import {
  findBlob,
  type IndexedBlob,
  isIndex,
  isManifest,
  type JsonBlob,
  readBlob,
  readDescriptors,
  toBytes,
} from './oci-blob.ts'
import { readManifestBlobs } from './oci-image.ts'
import { verifyLevel } from './oci-platforms.ts'

/** All that a manifest or an index names, each once: manifests by digest, blobs by entry and diffID. */
export type Tree = {
  root: ManifestBytes
  manifests: ReadonlyMap<string, ManifestBytes>
  blobs: ReadonlyMap<string, ArchivedLayer>
  /** Members of the root that the archive holds in part or not at all, and so are no part of it. */
  leftOut: readonly IndexedBlob[]
  /** The other members of the root. */
  members: readonly IndexedBlob[]
}

type Found = { manifests: Map<string, ManifestBytes>; blobs: Map<string, ArchivedLayer> }

// Where two configs disagree about a blob, both are checked.
const keep = ({ blobs }: Found, blob: ArchivedLayer) => blobs.set(`${blob.entry} ${blob.diffId}`, blob)

/**
 * Reads all that a node names. Docker saves an index of many platforms with the blobs of those that it has: what
 * else the index names is left out. Throws the UserError of a missing entry where nothing else is left.
 */
export async function readTree(archive: Archive, node: JsonBlob): Promise<Tree> {
  verifyShape(node)
  const found: Found = { manifests: new Map(), blobs: new Map() }
  if (!isIndex(node)) {
    await visit(archive, node, found)
    return { root: toBytes(node), ...found, leftOut: [], members: [] }
  }
  const members: IndexedBlob[] = []
  const leftOut: IndexedBlob[] = []
  let missing: MissingEntryError | undefined
  for (const member of readDescriptors(node.value, 'manifests', node.entry)) {
    const own: Found = { manifests: new Map(), blobs: new Map() }
    try {
      await visitMember(archive, member, node.entry, own, found)
      for (const [key, manifest] of own.manifests) found.manifests.set(key, manifest)
      for (const [key, blob] of own.blobs) found.blobs.set(key, blob)
      members.push(member)
    } catch (error) {
      if (!(error instanceof MissingEntryError)) throw error
      missing ??= error
      leftOut.push(member)
    }
  }
  if (missing && !members.some(isPlatform)) throw missing
  return { root: missing ? shorten(node, members) : toBytes(node), ...found, leftOut, members }
}

/** Returns whether a member of an index is for a platform; an attestation is for none. */
export const isPlatform = ({ platform }: IndexedBlob) => renderPlatform(platform) !== 'unknown/unknown'

// A registry accepts an index only with all of its members.
function shorten(node: JsonBlob, manifests: readonly IndexedBlob[]): ManifestBytes {
  const bytes = Buffer.from(JSON.stringify({ ...Object(node.value), manifests }))
  return { bytes, mediaType: node.mediaType, digest: digestOf(bytes) }
}

async function visit(
  archive: Archive,
  node: JsonBlob,
  found: Found,
  earlier: Found = found,
  level = 1,
): Promise<void> {
  if (!isIndex(node)) {
    for (const blob of await readManifestBlobs(archive, node)) keep(found, blob)
    return
  }
  verifyLevel(level, node.entry)
  for (const member of readDescriptors(node.value, 'manifests', node.entry))
    await visitMember(archive, member, node.entry, found, earlier, level)
}

async function visitMember(
  archive: Archive,
  member: IndexedBlob,
  namedBy: string,
  found: Found,
  earlier: Found,
  level = 1,
): Promise<void> {
  const { digest, mediaType, size } = member
  if (found.manifests.has(digest) || earlier.manifests.has(digest)) return
  if (!isManifest(member)) {
    const entry = findBlob(archive, member, namedBy)
    const descriptor = { mediaType, digest, size }
    keep(found, { entry, diffId: digest, sizeBytes: size, compression: 'none', descriptor })
    return
  }
  const node = await readBlob(archive, member, namedBy)
  verifyShape(node)
  await visit(archive, node, found, earlier, level + 1)
  found.manifests.set(digest, toBytes(node))
}
