import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import { nameEncoder } from '../../../lib/compression/encoder.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { isDigest } from '../../../lib/oci/digest.ts'
import type { Blob } from '../../../lib/oci/manifest.ts'

/**
 * What layers became when they were compressed before, also in a push that was interrupted before an image named
 * them. It is a hint: the repository must confirm each blob.
 */
export type BlobMemory = {
  /** Returns what the content of a diffID became with this encoder. */
  recall(diffId: string): Blob | undefined
  /** Remembers it, also where the run is killed afterwards. */
  remember(diffId: string, blob: Blob): void
}

type Entry = { digest: string; size: number }

// The newest of them; a file of other making is not read whole.
const mostEntries = 2000
const largestFileBytes = 1024 * 1024

/** Chooses the folder of the memory: the one that is given, or the user's cache, which outlives a run where the machine does. */
export function chooseFolder(
  { cache }: { cache: string | undefined },
  { env }: { env: Readonly<Record<string, string | undefined>> },
): string | undefined {
  if (cache !== undefined) return cache
  const base = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'))
  return base ? join(base, 'gpu-service-actions') : undefined
}

/** Opens the memory in a folder; without one, nothing is remembered. */
export function openBlobMemory(
  folder: string | undefined,
  choice: CompressionChoice,
  log: Pick<Log, 'warning'>,
): BlobMemory {
  const { compression } = choice
  if (folder === undefined || compression === 'none') return { recall: () => undefined, remember: () => {} }
  // Others may make other bytes: each encoder has a file of its own.
  const encoder = createHash('sha256').update(nameEncoder(choice)).digest('hex').slice(0, 16)
  const path = join(folder, `push-image-blobs-${encoder}.json`)
  let isTold = false
  return {
    recall: (diffId) => {
      const entry = readEntries(path).get(diffId)
      return entry && { ...entry, compression }
    },
    remember: (diffId, { digest, size }) => {
      try {
        const entries = readEntries(path)
        entries.delete(diffId)
        entries.set(diffId, { digest, size })
        writeEntries(folder, path, [...entries].slice(-mostEntries))
      } catch (error) {
        if (!isTold)
          log.warning(`cache: what was sent cannot be remembered in ${folder} (${messageOf(error)})`)
        isTold = true
      }
    },
  }
}

function readEntries(path: string): Map<string, Entry> {
  try {
    if (statSync(path).size > largestFileBytes) return new Map()
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return new Map(Object.entries(Object(parsed)).filter(isEntry))
  } catch {
    return new Map()
  }
}

function isEntry(pair: [string, unknown]): pair is [string, Entry] {
  const { digest, size } = Object(pair[1])
  return isDigest(pair[0]) && isDigest(digest) && Number.isSafeInteger(size) && size > 0
}

// Written beside it and renamed: half a file would be lost whole.
function writeEntries(folder: string, path: string, entries: readonly (readonly [string, Entry])[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const written = `${path}.${process.pid}`
  writeFileSync(written, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 })
  renameSync(written, path)
}
