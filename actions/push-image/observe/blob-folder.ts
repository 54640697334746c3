import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDigest } from '../../../lib/oci/digest.ts'
import { type BlobStore, isStoredBlob, type StoredBlob } from './blob-store.ts'

// The newest of them; a file of other making is not read whole.
const mostEntries = 2000
const largestFileBytes = 1024 * 1024

/** Keeps what layers became in a folder: one file an encoder, which nobody else can read or write. */
export function makeBlobFolder(folder: string): BlobStore {
  const fileOf = (encoder: string) => join(folder, `push-image-blobs-${encoder}.json`)
  return {
    place: folder,
    read: async ({ encoder, diffId }) => readEntries(fileOf(encoder)).get(diffId),
    write: async ({ encoder, diffId }, entry) => {
      const path = fileOf(encoder)
      const entries = readEntries(path)
      entries.delete(diffId)
      entries.set(diffId, entry)
      writeEntries(folder, path, [...entries].slice(-mostEntries))
    },
  }
}

function readEntries(path: string): Map<string, StoredBlob> {
  try {
    if (statSync(path).size > largestFileBytes) return new Map()
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return new Map(Object.entries(Object(parsed)).filter(isPair))
  } catch {
    return new Map()
  }
}

const isPair = (pair: [string, unknown]): pair is [string, StoredBlob] =>
  isDigest(pair[0]) && isStoredBlob(pair[1])

// Written beside it and renamed: half a file would be lost whole.
function writeEntries(
  folder: string,
  path: string,
  entries: readonly (readonly [string, StoredBlob])[],
): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const written = `${path}.${process.pid}`
  writeFileSync(written, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 })
  renameSync(written, path)
}
