import type { Archive } from '../archive/archive.ts'
import { UserError } from '../errors.ts'
import { renderPlatform } from './image-config.ts'
import {
  type IndexedBlob,
  isIndex,
  isManifest,
  type JsonBlob,
  readBlob,
  readDescriptors,
} from './oci-blob.ts'
import { readConfigOf } from './oci-image.ts'

/** Lists the platforms of images and indexes; each is read once, however often it is named. */
export type PlatformReader = {
  /** Of an image, or of an index with all that it names; an attestation has none. */
  list(node: JsonBlob, level?: number): Promise<string[]>
  /** Of what a descriptor names; only where it does not say is it read. What is no manifest has none. */
  of(blob: IndexedBlob, namedBy: string, level?: number): Promise<string[]>
}

// Tools nest one index in another at most.
const mostLevels = 8

/** Refuses an index that stands too deep within others. */
export function verifyLevel(level: number, entry: string): void {
  if (level <= mostLevels) return
  throw new UserError(`archive: ${entry}: expected indexes within indexes up to ${mostLevels} deep, got more`)
}

/** Creates the reader of an archive's platforms. */
export function makePlatformReader(archive: Archive): PlatformReader {
  const known = new Map<string, Promise<string[]>>()
  const read = async (blob: IndexedBlob, namedBy: string, level: number) =>
    await list(await readBlob(archive, blob, namedBy), level)
  const of = async (blob: IndexedBlob, namedBy: string, level = 1) => {
    if (!isManifest(blob)) return []
    const said = renderPlatform(blob.platform)
    if (said === 'unknown/unknown') return []
    if (said !== '') return [said]
    const found = known.get(blob.digest) ?? read(blob, namedBy, level)
    known.set(blob.digest, found)
    return await found
  }
  const list = async (node: JsonBlob, level = 1): Promise<string[]> => {
    if (!isIndex(node))
      return [renderPlatform(await readConfigOf(archive, node))].filter((platform) => platform !== '')
    verifyLevel(level, node.entry)
    const members = readDescriptors(node.value, 'manifests', node.entry)
    const platforms = await Promise.all(members.map(async (blob) => await of(blob, node.entry, level + 1)))
    return [...new Set(platforms.flat())]
  }
  return { list, of }
}
