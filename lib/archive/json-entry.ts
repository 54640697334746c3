import { UserError } from '../errors.ts'
import { parseJson } from '../oci/json.ts'
import { largestManifestBytes } from '../oci/manifest.ts'
import type { Archive } from './archive.ts'

// Registries accept manifests of up to 4 MiB; configs of real images are some KiB.
const maxJsonBytes = largestManifestBytes
// What is read stays in memory until the push: this is room for a thousand images.
const maxAllJsonBytes = 32 * 1024 * 1024

/** Refuses to read an entry whole that is too big to be a manifest or a config. */
export function refuseBig(name: string, sizeBytes: number): void {
  if (sizeBytes <= maxJsonBytes) return
  throw new UserError(`archive: ${name}: expected JSON of at most ${maxJsonBytes} bytes, got ${sizeBytes}`)
}

/** Bounds what is read whole out of an archive, in all. Throws UserError beyond. */
export function boundReads(archive: Archive): Archive {
  let leftBytes = maxAllJsonBytes
  return {
    ...archive,
    read: async (name) => {
      leftBytes -= archive.find(name).sizeBytes
      if (leftBytes >= 0) return await archive.read(name)
      throw new UserError(
        `archive: ${archive.name}: expected manifests and configs of at most ${maxAllJsonBytes} bytes in all, got more`,
      )
    },
  }
}

/** An entry that is named, and not there: a layout may hold only some platforms of an index. */
export class MissingEntryError extends UserError {}

/** Returns the error for a missing entry. */
export function missingEntry(archive: string, name: string, namedBy: string | undefined): MissingEntryError {
  return new MissingEntryError(
    namedBy
      ? `archive: ${archive}: ${namedBy} names "${name}", found no such entry`
      : `archive: ${archive}: expected an entry "${name}", found none`,
  )
}

/** Reads a JSON entry: its bytes and the parsed value. */
export async function readJson(archive: Archive, name: string): Promise<{ bytes: Buffer; value: unknown }> {
  const bytes = await archive.read(name)
  try {
    return { bytes, value: parseJson(bytes) }
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`archive: ${name}: ${error.message}`)
    const got = hasByteOrderMark(bytes)
      ? 'a text with a byte order mark; write it in UTF-8 without one'
      : 'other bytes'
    throw new UserError(`archive: ${name}: expected JSON, got ${got}`)
  }
}

// Of UTF-8, and of UTF-16 in both orders; PowerShell and editors on Windows write them, and no registry reads them.
const hasByteOrderMark = (bytes: Buffer) =>
  /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 3))
