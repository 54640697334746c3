import { UserError } from '../errors.ts'
import type { Archive } from './archive.ts'

// Registries take manifests of up to 4 MiB; configs of real images are some KiB.
const maxJsonBytes = 16 * 1024 * 1024

/** Refuses to read an entry whole that is too big to be a manifest or a config. */
export function refuseBig(name: string, sizeBytes: number): void {
  if (sizeBytes <= maxJsonBytes) return
  throw new UserError(`archive: ${name}: expected JSON of at most ${maxJsonBytes} bytes, got ${sizeBytes}`)
}

/** Makes the error for an entry that is not there. */
export function missingEntry(archive: string, name: string, namedBy: string | undefined): UserError {
  return new UserError(
    namedBy
      ? `archive: ${archive}: ${namedBy} names "${name}", found no such entry`
      : `archive: ${archive}: expected an entry "${name}", found none`,
  )
}

/** Reads an entry that holds JSON: its bytes, and what they say. */
export async function readJson(archive: Archive, name: string): Promise<{ bytes: Buffer; value: unknown }> {
  const bytes = await archive.read(name)
  try {
    return { bytes, value: JSON.parse(bytes.toString('utf8')) }
  } catch {
    throw new UserError(`archive: ${name}: expected JSON, got other bytes`)
  }
}
