import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CompressionChoice, compressionAfter } from '../../../lib/compression/choice.ts'
import { nameEncoder } from '../../../lib/compression/encoder.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { ArchivedLayer } from '../../../lib/image/archived-image.ts'
import type { Log } from '../../../lib/log.ts'
import { isDigest } from '../../../lib/oci/digest.ts'
import type { Blob } from '../../../lib/oci/manifest.ts'
import { statedBlob } from '../../../lib/registry/reuse.ts'

/**
 * What layers became when they were sent before, also in a push that was interrupted before an image named them. It is
 * a hint: the repository must confirm each blob.
 */
export type BlobMemory = {
  /** Returns what the content of a layer became with this encoder, or as it came, where the archive does not state it. */
  recall(layer: ArchivedLayer): Blob | undefined
  /** Remembers it, also where the run is killed afterwards. */
  remember(layer: ArchivedLayer, blob: Blob): void
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
  if (folder === undefined) return { recall: () => undefined, remember: () => {} }
  let isTold = false
  return {
    recall: (layer) => {
      const entry = readEntries(fileOf(layer, folder, choice)).get(layer.diffId)
      return entry && { ...entry, compression: compressionAfter(layer, choice) }
    },
    remember: (layer, { digest, size }) => {
      if (statedBlob(layer, choice)) return
      try {
        const path = fileOf(layer, folder, choice)
        const entries = readEntries(path)
        entries.delete(layer.diffId)
        entries.set(layer.diffId, { digest, size })
        writeEntries(folder, path, [...entries].slice(-mostEntries))
      } catch (error) {
        if (!isTold)
          log.warning(`cache: what was sent cannot be remembered in ${folder} (${messageOf(error)})`)
        isTold = true
      }
    },
  }
}

// Others may make other bytes: each encoder has a file of its own, and so have layers that came compressed.
function fileOf({ compression }: ArchivedLayer, folder: string, choice: CompressionChoice): string {
  const encoder = compression === 'none' ? nameEncoder(choice) : `kept ${compression}`
  const name = createHash('sha256').update(encoder).digest('hex').slice(0, 16)
  return join(folder, `push-image-blobs-${name}.json`)
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
