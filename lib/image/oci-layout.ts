import type { Archive } from '../archive/archive.ts'
import { MissingEntryError, readJson } from '../archive/json-entry.ts'
import { UserError } from '../errors.ts'
import { tryParseJson } from '../json.ts'
import { isMediaType } from '../oci/descriptor.ts'
import { digestOf } from '../oci/digest.ts'
import { ociTypes } from '../oci/media-type.ts'
import { listFirst, quote } from '../quote.ts'
import type { Archived, ArchivedImage } from './archived-image.ts'
import { findPlatform, type ImageChoice } from './image-choice.ts'
import {
  type IndexedBlob,
  isIndex,
  isManifest,
  type JsonBlob,
  readBlob,
  readDescriptors,
} from './oci-blob.ts'
import { readLayoutNode } from './oci-node.ts'
import { makePlatformReader, type PlatformReader } from './oci-platforms.ts'
import { isPlatform } from './oci-tree.ts'
import { isReferrer, type ListedNode } from './referrers.ts'

type Layout = {
  archive: Archive
  platforms: PlatformReader
  listed: readonly ListedNode[]
  /** Digests of what indexes that are listed hold. */
  members: ReadonlySet<string>
  /** What index.json names, and this action passes over. */
  warnings: readonly string[]
}

/** Lists the images, indexes and artifacts that `index.json` of an OCI image layout names. */
export async function readOciLayout(archive: Archive): Promise<ImageChoice[]> {
  await refuseOtherVersion(archive)
  const { bytes, value } = await readJson(archive, 'index.json')
  const blobs = readDescriptors(value, 'manifests', 'index.json')
  const { listed, missing } = await readListed(archive, blobs.filter(isManifest))
  const passedOver = [...blobs.filter((blob) => !isManifest(blob)), ...missing]
  const layout: Layout = {
    archive,
    platforms: makePlatformReader(archive),
    listed,
    members: listMembers(listed),
    warnings: passedOver.map(
      ({ mediaType, digest }) => `archive: index.json: passed over ${digest}, ${mediaType}`,
    ),
  }
  if (listed.length === 0 && passedOver.length > 0) {
    const types = [...new Set(passedOver.map(({ mediaType: type }) => type))]
    throw new UserError(
      `archive: index.json: expected an image, an index or an artifact, got only ${listFirst(types)}`,
    )
  }
  const said: unknown = Object(value).mediaType
  const mediaType = isMediaType(said) ? said : ociTypes.index
  const top: JsonBlob = { entry: 'index.json', bytes, value, mediaType, digest: digestOf(bytes) }
  const images = listed.filter((one) => !comesAlong(layout, one))
  if (await isOneIndex(layout, images, blobs))
    return [await offer({ ...layout, listed: [], warnings: [] }, { node: top, references: [], kind: '' })]
  return await Promise.all(listed.map(async (one) => await offer(layout, one)))
}

// Tools leave the file out, or empty; another version may mean anything by the other files.
async function refuseOtherVersion(archive: Archive): Promise<void> {
  if (!archive.entries.has('oci-layout')) return
  const { imageLayoutVersion: version } = Object(tryParseJson((await archive.read('oci-layout')).toString()))
  if (typeof version !== 'string' || version.startsWith('1.')) return
  throw new UserError(
    `archive: oci-layout: expected imageLayoutVersion 1.x, got ${quote(version)}; write the archive with a tool that writes 1.0.0`,
  )
}

async function readListed(
  archive: Archive,
  blobs: readonly IndexedBlob[],
): Promise<{ listed: ListedNode[]; missing: IndexedBlob[] }> {
  const listed: ListedNode[] = []
  const missing: IndexedBlob[] = []
  let first: MissingEntryError | undefined
  for (const group of Map.groupBy(blobs, ({ digest }) => digest).values()) {
    const [blob] = group
    if (!blob) continue
    try {
      const node = await readBlob(archive, blob, 'index.json')
      const references = [...new Set(group.flatMap(referencesOf))]
      listed.push({ node, references, kind: String(Object(blob.annotations).kind ?? '') })
    } catch (error) {
      if (!(error instanceof MissingEntryError)) throw error
      first ??= error
      missing.push(blob)
    }
  }
  if (first && listed.length === 0) throw first
  return { listed, missing }
}

// oras lists the members of an index beside it.
const comesAlong = ({ members }: Pick<Layout, 'members'>, one: ListedNode) =>
  isReferrer(one) || (one.references.length === 0 && members.has(one.node.digest))

function listMembers(listed: readonly ListedNode[]): Set<string> {
  // What refers to an image may list it, too.
  const indexes = listed
    .filter((one) => !isReferrer(one))
    .flatMap(({ node }) => (isIndex(node) ? [node] : []))
  return new Set(
    indexes.flatMap(({ value, entry }) =>
      readDescriptors(value, 'manifests', entry).map(({ digest }) => digest),
    ),
  )
}

// Some tools write the multi-platform index itself as index.json: no names, only platforms, and none of them twice.
async function isOneIndex(
  { platforms }: Layout,
  images: readonly ListedNode[],
  blobs: readonly IndexedBlob[],
): Promise<boolean> {
  if (images.length < 2 || images.some(({ references }) => references.length > 0)) return false
  const named: string[] = []
  for (const { node } of images) {
    const blob = blobs.find(({ digest }) => digest === node.digest)
    if (!blob) return false
    const own = await platforms.of(blob, 'index.json')
    if (own.length === 0 && isPlatform(blob)) return false
    named.push(...own)
  }
  return named.length > 0 && new Set(named).size === named.length
}

async function offer(layout: Layout, one: ListedNode): Promise<ImageChoice> {
  const { archive, warnings } = layout
  const { node, references } = one
  const read = async (platform?: string): Promise<Archived> => {
    const manifest = platform === undefined ? node : await findManifest(layout, node, platform)
    const archived = await readLayoutNode(archive, { ...one, node: manifest }, layout.listed)
    if (platform !== undefined && archived.kind === 'image')
      verifyPlatform(archived, platform, manifest.entry)
    const dropped = platform === undefined ? [] : await listAttestations(node, manifest)
    return { ...archived, warnings: [...warnings, ...archived.warnings, ...dropped] }
  }
  const platforms = await layout.platforms.list(node)
  return { digest: node.digest, references, platforms, comesAlong: comesAlong(layout, one), read }
}

// buildx names in the index what it says about an image, and not in the image.
async function listAttestations(index: JsonBlob, image: JsonBlob): Promise<string[]> {
  if (!isIndex(index)) return []
  const about = readDescriptors(index.value, 'manifests', index.entry).filter(
    ({ annotations }) => Object(annotations)['vnd.docker.reference.digest'] === image.digest,
  )
  if (about.length === 0) return []
  const digests = listFirst(about.map(({ digest }) => digest))
  return [`image: the attestation of ${image.digest} is left out, since only its index names it: ${digests}`]
}

// An index may name the variant that the config leaves out, and the other way round.
function verifyPlatform({ platform }: ArchivedImage, wanted: string, entry: string): void {
  if (findPlatform([platform], wanted) ?? findPlatform([wanted], platform)) return
  throw new UserError(`image: expected an image for ${wanted}, got one for ${platform} in ${entry}`)
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
