import type { Archive } from '../archive/archive.ts'
import { readJson } from '../archive/json-entry.ts'
import { UserError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import { ociTypes } from '../oci/media-type.ts'
import type { ArchivedImage, ArchivedIndex, ArchivedLayer } from './archived-image.ts'
import { findPlatform, type ImageChoice } from './image-choice.ts'
import { renderPlatform } from './image-config.ts'
import { type IndexedBlob, isIndex, type JsonBlob, readBlob, readDescriptors } from './oci-blob.ts'
import { readConfigOf, readManifestBlobs, readOciImage } from './oci-image.ts'

/** Lists the images and indexes that `index.json` of an OCI image layout names. */
export async function readOciLayout(archive: Archive): Promise<ImageChoice[]> {
  const { bytes, value } = await readJson(archive, 'index.json')
  const listed = readDescriptors(value, 'manifests', 'index.json')
  const mediaType = String(Object(value).mediaType ?? ociTypes.index)
  const top: JsonBlob = { entry: 'index.json', bytes, value, mediaType, digest: digestOf(bytes) }
  if (await isOneIndex(archive, listed)) return [await offer(archive, top, [])]
  const byDigest = Map.groupBy(listed, ({ digest }) => digest)
  return await Promise.all(
    [...byDigest.values()].map(async (blobs) => {
      const [blob] = blobs
      if (!blob) throw new Error('a group without a member')
      const node = await readBlob(archive, blob, 'index.json')
      return await offer(archive, node, [...new Set(blobs.flatMap(referencesOf))])
    }),
  )
}

// Some tools write the multi-platform index itself as index.json: no names, and no platform twice.
async function isOneIndex(archive: Archive, listed: readonly IndexedBlob[]): Promise<boolean> {
  if (listed.length < 2 || listed.some((blob) => referencesOf(blob).length > 0)) return false
  const platforms = await Promise.all(
    listed.map(async (blob) => await platformsOf(archive, blob, 'index.json')),
  )
  return new Set(platforms.flat()).size === platforms.flat().length
}

async function offer(archive: Archive, node: JsonBlob, references: string[]): Promise<ImageChoice> {
  const read = async (platform?: string): Promise<ArchivedImage | ArchivedIndex> => {
    if (isIndex(node) && platform === undefined) return await readIndex(archive, node, references)
    const manifest = platform === undefined ? node : await findManifest(archive, node, platform)
    const image = await readOciImage(archive, manifest, references)
    if (platform !== undefined) verifyPlatform(image, platform, manifest.entry)
    return image
  }
  return { digest: node.digest, references, platforms: await listPlatforms(archive, node), read }
}

// An index may name the variant that the config leaves out, and the other way round.
function verifyPlatform({ platform }: ArchivedImage, wanted: string, entry: string): void {
  if (findPlatform([platform], wanted) ?? findPlatform([wanted], platform)) return
  throw new UserError(`image: expected an image for ${wanted}, got one for ${platform} in ${entry}`)
}

async function readIndex(archive: Archive, index: JsonBlob, references: string[]): Promise<ArchivedIndex> {
  const manifests = new Map<string, ManifestBytes>()
  const blobs = new Map<string, ArchivedLayer>()
  const visit = async (node: JsonBlob) => {
    for (const blob of readDescriptors(node.value, 'manifests', node.entry)) {
      if (manifests.has(blob.digest)) continue
      const member = await readBlob(archive, blob, node.entry)
      if (isIndex(member)) await visit(member)
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

async function findManifest(archive: Archive, node: JsonBlob, platform: string): Promise<JsonBlob> {
  if (!isIndex(node)) return node
  for (const blob of readDescriptors(node.value, 'manifests', node.entry)) {
    const platforms = await platformsOf(archive, blob, node.entry)
    if (!platforms.includes(platform)) continue
    return await findManifest(archive, await readBlob(archive, blob, node.entry), platform)
  }
  throw new UserError(`image: expected an image for ${platform} in ${node.entry}, found none`)
}

/** Lists the platforms of an image or index; an attestation has none. */
async function listPlatforms(archive: Archive, node: JsonBlob): Promise<string[]> {
  if (!isIndex(node))
    return [renderPlatform(await readConfigOf(archive, node))].filter((platform) => platform !== '')
  const members = readDescriptors(node.value, 'manifests', node.entry)
  const platforms = await Promise.all(
    members.map(async (blob) => await platformsOf(archive, blob, node.entry)),
  )
  return [...new Set(platforms.flat())]
}

async function platformsOf(archive: Archive, blob: IndexedBlob, namedBy: string): Promise<string[]> {
  const said = renderPlatform(blob.platform)
  if (said === 'unknown/unknown') return []
  return said === '' ? await listPlatforms(archive, await readBlob(archive, blob, namedBy)) : [said]
}

// containerd writes the whole reference, OCI only the tag.
function referencesOf({ annotations }: IndexedBlob): string[] {
  const notes = Object(annotations)
  const name = notes['io.containerd.image.name'] ?? notes['org.opencontainers.image.ref.name']
  return typeof name === 'string' ? [name] : []
}
