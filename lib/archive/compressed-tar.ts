import { UserError } from '../errors.ts'
import { largestManifestBytes } from '../oci/manifest.ts'
import type { Compression } from '../oci/media-type.ts'
import { type Archive, type ArchiveEntry, type EntryReader, peekBytes } from './archive.ts'
import type { ByteSource } from './byte-source.ts'
import { refuseBig } from './json-entry.ts'
import { SequentialReader } from './sequential-reader.ts'
import { resolveLinks } from './tar-entries.ts'
import { type EntryVisitor, indexTar } from './tar-index.ts'

// Manifests and configs are kept from the first pass, so that no pass is needed for each of them.
const maxKeptBytes = largestManifestBytes
const maxAllKeptBytes = 32 * 1024 * 1024

/**
 * Opens a tar within a gzip or zstd stream, without a temporary file. The first pass lists the entries and
 * keeps the small ones that look like JSON; each entry is read in a later pass, which goes on from one entry
 * to a later one, and starts again for an earlier one.
 */
export async function openCompressedTar(
  source: ByteSource,
  compression: Exclude<Compression, 'none'>,
  signal?: AbortSignal,
): Promise<Archive> {
  const starts = new Map<number, Buffer>()
  const startPass = () => new SequentialReader(source, compression, signal)
  const first = startPass()
  const listed = await indexTar(first, keepSmall(starts)).finally(() => first.close())
  const { entries, find } = resolveLinks(source.name, listed)
  const passes = new Passes(source.name, startPass)
  return {
    name: source.name,
    sequential: true,
    entries,
    find,
    peek: async (name) => starts.get(find(name).offset)?.subarray(0, peekBytes) ?? Buffer.alloc(0),
    read: async (name) => {
      const { offset, sizeBytes } = find(name)
      refuseBig(name, sizeBytes)
      const kept = starts.get(offset)
      if (kept?.length === sizeBytes) return kept
      return await readWhole(await passes.open(find(name)), sizeBytes)
    },
    open: async (name) => await passes.open(find(name)),
    close: async () => {
      await passes.close()
      await source.close()
    },
  }
}

function keepSmall(starts: Map<number, Buffer>): EntryVisitor {
  let keptBytes = 0
  return async ({ name, offset, sizeBytes }, cursor) => {
    // At once: what is refused need not be unpacked first.
    if (name === 'index.json' || name === 'manifest.json') refuseBig(name, sizeBytes)
    const start = await cursor.take(Math.min(peekBytes, sizeBytes))
    const isKept =
      sizeBytes <= maxKeptBytes &&
      keptBytes + sizeBytes <= maxAllKeptBytes &&
      /^\s*[[{]/.test(start.toString('latin1'))
    const rest = isKept ? await cursor.take(sizeBytes - start.length) : Buffer.alloc(0)
    if (isKept) keptBytes += sizeBytes
    starts.set(offset, Buffer.concat([start, rest]))
    return start.length + rest.length
  }
}

async function readWhole(reader: EntryReader, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes)
  try {
    await reader.read(bytes)
    return bytes
  } finally {
    await reader.close()
  }
}

/** Reads entries in passes over one stream; a pass that an entry has left is taken up by the next. */
class Passes {
  readonly #name: string
  readonly #start: () => SequentialReader
  #idle: SequentialReader | undefined

  constructor(name: string, start: () => SequentialReader) {
    this.#name = name
    this.#start = start
  }

  async open({ offset, sizeBytes }: ArchiveEntry): Promise<EntryReader> {
    const pass = await this.#takeUp(offset)
    await pass.skip(offset - pass.offset)
    const end = offset + sizeBytes
    return {
      read: async (target) => {
        const length = Math.min(target.length, end - pass.offset)
        const filled = await pass.fill(target.subarray(0, length))
        if (filled === length) return length
        throw new UserError(
          `archive: ${this.#name}: offset ${pass.offset}: expected more bytes, got the end; did the file change`,
        )
      },
      close: async () => {
        await this.#idle?.close()
        this.#idle = pass
      },
    }
  }

  async close(): Promise<void> {
    await this.#idle?.close()
    this.#idle = undefined
  }

  async #takeUp(offset: number): Promise<SequentialReader> {
    const idle = this.#idle
    this.#idle = undefined
    if (idle && idle.offset <= offset) return idle
    await idle?.close()
    return this.#start()
  }
}
