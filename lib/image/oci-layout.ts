import type { Archive } from '../archive/archive.ts'
import { readJson } from '../archive/json-entry.ts'
import { UserError } from '../errors.ts'
import { isMediaType } from '../oci/descriptor.ts'
import { digestOf } from '../oci/digest.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import { ociTypes } from '../oci/media-type.ts'
import type { ArchivedImage, ArchivedIndex, ArchivedLayer } from './archived-image.ts'
import { findPlatform, type ImageChoice } from './image-choice.ts'
import { type IndexedBlob, isIndex, type JsonBlob, readBlob, readDescriptors } from './oci-blob.ts'
import { readManifestBlobs, readOciImage } from './oci-image.ts'
import { makePlatformReader, type PlatformReader, verifyLevel } from './oci-platforms.ts'

type Layout = { archive: Archive; platforms: PlatformReader }

/** Lists the images and indexes that `index.json` of an OCI image layout names. */
export async function readOciLayout(archive: Archive): Promise<ImageChoice[]> {
  const { bytes, value } = await readJson(archive, 'index.json')
  const listed = readDescriptors(value, 'manifests', 'index.json')
  const said: unknown = Object(value).mediaType
  const mediaType = isMediaType(said) ? said : ociTypes.index
  const top: JsonBlob = { entry: 'index.json', bytes, value, mediaType, digest: digestOf(bytes) }
  const layout: Layout = { archive, platforms: makePlatformReader(archive) }
  if (await isOneIndex(layout, listed)) return [await offer(layout, top, [])]
  const byDigest = Map.groupBy(listed, ({ digest }) => digest)
  return await Promise.all(
    [...byDigest.values()].map(async (blobs) => {
      const [blob] = blobs
      if (!blob) throw new Error('a group without a member')
      const node = await readBlob(archive, blob, 'index.json')
      return await offer(layout, node, [...new Set(blobs.flatMap(referencesOf))])
    }),
  )
}

// Some tools write the multi-platform index itself as index.json: no names, and no platform twice.
async function isOneIndex({ platforms }: Layout, listed: readonly IndexedBlob[]): Promise<boolean> {
  if (listed.length < 2 || listed.some((blob) => referencesOf(blob).length > 0)) return false
  const named = await Promise.all(listed.map(async (blob) => await platforms.of(blob, 'index.json')))
  return new Set(named.flat()).size === named.flat().length
}

async function offer(layout: Layout, node: JsonBlob, references: string[]): Promise<ImageChoice> {
  const { archive } = layout
  const read = async (platform?: string): Promise<ArchivedImage | ArchivedIndex> => {
    if (isIndex(node) && platform === undefined) return await readIndex(archive, node, references)
    const manifest = platform === undefined ? node : await findManifest(layout, node, platform)
    const image = await readOciImage(archive, manifest, references)
    if (platform !== undefined) verifyPlatform(image, platform, manifest.entry)
    return image
  }
  return { digest: node.digest, references, platforms: await layout.platforms.list(node), read }
}

// An index may name the variant that the config leaves out, and the other way round.
function verifyPlatform({ platform }: ArchivedImage, wanted: string, entry: string): void {
  if (findPlatform([platform], wanted) ?? findPlatform([wanted], platform)) return
  throw new UserError(`image: expected an image for ${wanted}, got one for ${platform} in ${entry}`)
}

async function readIndex(archive: Archive, index: JsonBlob, references: string[]): Promise<ArchivedIndex> {
  const manifests = new Map<string, ManifestBytes>()
  const blobs = new Map<string, ArchivedLayer>()
  const visit = async (node: JsonBlob, level = 1) => {
    verifyLevel(level, node.entry)
    for (const blob of readDescriptors(node.value, 'manifests', node.entry)) {
      if (manifests.has(blob.digest)) continue
      const member = await readBlob(archive, blob, node.entry)
      if (isIndex(member)) await visit(member, level + 1)
      else for (const layer of await readManifestBlobs(archive, member)) blobs.set(layer.entry, layer)
      const { bytes, mediaType, digest } = member
      manifests.set(digest, { bytes, mediaType, digest })
    }
  }
  await visit(index)
  const { bytes, mediaType, digest } = index
  return {
    kind: 'index',
    index: { bytes, mediaType, digest },
    manifests: [...manifests.values()],
    blobs: [...blobs.values()],
    references,
  }
}

async function findManifest(layout: Layout, node: JsonBlob, platform: string): Promise<JsonBlob> {
  if (!isIndex(node)) return node
  for (const blob of readDescriptors(node.value, 'manifests', node.entry)) {
    const platforms = await layout.platforms.of(blob, node.entry)
    if (!platforms.includes(platform)) continue
    return await findManifest(layout, await readBlob(layout.archive, blob, node.entry), platform)
  }
  throw new UserError(`image: expected an image for ${platform} in ${node.entry}, found none`)
}

// containerd writes the whole reference, OCI only the tag.
function referencesOf({ annotations }: IndexedBlob): string[] {
  const notes = Object(annotations)
  const name = notes['io.containerd.image.name'] ?? notes['org.opencontainers.image.ref.name']
  return typeof name === 'string' ? [name] : []
}
