import { UserError } from '../errors.ts'
import type { Archive } from './archive.ts'
import { digestOf } from './digest.ts'

/** A layer as it lies in an archive, uncompressed. */
export type ArchivedLayer = { entry: string; diffId: string; sizeBytes: number }

/** The one image of a docker save archive. */
export type ArchivedImage = {
  config: Buffer
  configDigest: string
  layers: ArchivedLayer[]
  /** References that the archive names for it, such as `app:latest`. */
  references: string[]
}

type Entry = { Config: string; Layers: string[]; RepoTags: string[] }

/** Reads the image of an archive in the legacy layout or the OCI one: both have a `manifest.json`. */
export async function readImage(archive: Archive): Promise<ArchivedImage> {
  const { Config, Layers, RepoTags } = parseEntry(
    parseJson(await archive.read('manifest.json'), 'manifest.json'),
  )
  const config = await archive.read(Config)
  const diffIds = parseDiffIds(parseJson(config, Config), Config)
  if (diffIds.length !== Layers.length) {
    throw new UserError(
      `archive: ${Config}: expected ${Layers.length} diffIDs as manifest.json has layers, got ${diffIds.length}`,
    )
  }
  const layers = Layers.map((entry, at) => {
    const found = archive.entries.get(entry)
    if (!found) throw new UserError(`archive: manifest.json names the layer "${entry}", found no such entry`)
    return { entry, diffId: diffIds[at] ?? '', sizeBytes: found.sizeBytes }
  })
  return { config, configDigest: digestOf(config), layers, references: RepoTags }
}

function parseJson(bytes: Buffer, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new UserError(`archive: ${name}: expected JSON, got other bytes`)
  }
}

function parseEntry(manifest: unknown): Entry {
  if (!Array.isArray(manifest) || manifest.length === 0) {
    throw new UserError('archive: manifest.json: expected a list with an image, got none')
  }
  if (manifest.length > 1) {
    throw new UserError(
      `archive: manifest.json: expected one image, got ${manifest.length}; save one image alone`,
    )
  }
  const { Config, Layers, RepoTags } = Object(manifest[0])
  if (typeof Config !== 'string' || !isTexts(Layers)) {
    throw new UserError('archive: manifest.json: expected Config and Layers, got none')
  }
  return { Config, Layers, RepoTags: isTexts(RepoTags) ? RepoTags : [] }
}

function parseDiffIds(config: unknown, name: string): string[] {
  const diffIds = Object(Object(config).rootfs).diff_ids
  if (!isTexts(diffIds)) throw new UserError(`archive: ${name}: expected rootfs.diff_ids, got none`)
  return diffIds
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
