import type { Archive } from '../archive/archive.ts'
import { normalizeName } from '../archive/entry-name.ts'
import { readJson } from '../archive/json-entry.ts'
import { detectCompression, detectUnsupported } from '../compression/detect.ts'
import { UserError } from '../errors.ts'
import { type Descriptor, mostDescriptors } from '../oci/descriptor.ts'
import { digestLike, digestOf, isDigest } from '../oci/digest.ts'
import { type Compression, dockerTypes, ociTypes } from '../oci/media-type.ts'
import { quote } from '../quote.ts'
import type { ArchivedImage, ArchivedLayer } from './archived-image.ts'
import type { ImageChoice } from './image-choice.ts'
import { isTexts, parseConfig } from './image-config.ts'

type SavedImage = { Config: string; Layers: string[]; RepoTags: string[] }

/** Lists the images of `manifest.json`, which `docker save` writes in the legacy and in the OCI layout. */
export async function readDockerSave(archive: Archive): Promise<ImageChoice[]> {
  const { value } = await readJson(archive, 'manifest.json')
  if (Object(value).schemaVersion !== undefined) {
    throw new UserError(
      `archive: ${archive.name}: expected an archive of docker save, got a skopeo dir: folder; copy it first: skopeo copy dir:FOLDER oci-archive:app.tar`,
    )
  }
  if (!Array.isArray(value)) {
    throw new UserError(`archive: ${archive.name}: manifest.json: expected a list of images, got none`)
  }
  refuseMany('images', value)
  return await Promise.all(value.map(async (image) => await readSaved(archive, parseSaved(image))))
}

async function readSaved(archive: Archive, image: SavedImage): Promise<ImageChoice> {
  const { Config, Layers, RepoTags } = image
  const { bytes, value } = await readNamed(archive, Config)
  const { diffIds, platform } = parseConfig(value, Config, Layers.length)
  const configDigest = digestOf(bytes)
  const read = async (): Promise<ArchivedImage> => {
    const layers = await Promise.all(
      Layers.map(async (entry, at) => await readLayer(archive, entry, diffIds[at] ?? '')),
    )
    return {
      kind: 'image',
      config: bytes,
      configDigest,
      layers,
      references: RepoTags,
      platform,
      warnings: [],
    }
  }
  return { digest: configDigest, references: RepoTags, platforms: [platform], read }
}

// Tools name a config by its digest: crane and kaniko in full, Docker by its place in the layout.
async function readNamed(archive: Archive, name: string): Promise<{ bytes: Buffer; value: unknown }> {
  archive.find(name, 'manifest.json')
  const named = digestIn(name)
  const got = named && digestLike(named, await archive.read(name))
  if (got === named) return await readJson(archive, name)
  throw new UserError(`archive: ${name}: expected its name as digest, got ${got}; the archive is damaged`)
}

function digestIn(entry: string): string | undefined {
  const digest = entry.replace(/^blobs\//, '').replace('/', ':')
  return isDigest(digest) ? digest : undefined
}

// The layer may be compressed, whatever its name: with the containerd store it is what a registry delivered.
async function readLayer(archive: Archive, entry: string, diffId: string): Promise<ArchivedLayer> {
  const { sizeBytes } = archive.find(entry, 'manifest.json')
  const start = await archive.peek(entry)
  refuseUnsupported(entry, start)
  const compression = detectCompression(start)
  const descriptor = describeBlob(entry, compression, sizeBytes)
  return { entry, diffId, sizeBytes, compression, ...(descriptor && { descriptor }) }
}

// Taken for a plain tar, it would be sent, and only then found to have another diffID.
function refuseUnsupported(entry: string, start: Buffer): void {
  const got = detectUnsupported(start)
  if (got === undefined) return
  throw new UserError(
    `archive: ${entry}: expected a layer that is a tar, plain or compressed with gzip or zstd, got one compressed with ${got}; write the archive again with gzip`,
  )
}

// In the OCI layout a blob's name is its digest.
function describeBlob(entry: string, compression: Compression, size: number): Descriptor | undefined {
  const digest = digestIn(entry)
  if (digest === undefined || compression === 'none') return undefined
  const mediaType = compression === 'zstd' ? ociTypes.layer.zstd : dockerTypes.layer.gzip
  return { mediaType, digest, size }
}

function parseSaved(image: unknown): SavedImage {
  const { Config, Layers: said, RepoTags } = Object(image)
  // Tools written in Go write null for an empty list.
  const Layers = said === null ? [] : said
  if (typeof Config !== 'string' || !isTexts(Layers)) {
    throw new UserError('archive: manifest.json: expected Config and Layers, got none')
  }
  refuseMany('layers', Layers)
  const outside = [Config, ...Layers].find((name) => /^\/|(^|\/)\.\.(\/|$)/.test(name))
  if (outside !== undefined)
    throw new UserError(`archive: manifest.json names ${quote(outside)}, which leaves the archive`)
  const named = { Config: normalizeName(Config), Layers: Layers.map(normalizeName) }
  return { ...named, RepoTags: isTexts(RepoTags) ? RepoTags : [] }
}

function refuseMany(what: string, { length }: readonly unknown[]): void {
  if (length <= mostDescriptors) return
  throw new UserError(`archive: manifest.json: expected at most ${mostDescriptors} ${what}, got ${length}`)
}
