import { type Archive, type ArchiveEntry, type EntryReader, peekBytes } from './archive.ts'
import { type ByteSource, readBytes } from './byte-source.ts'
import { refuseBig } from './json-entry.ts'
import { resolveLinks } from './tar-entries.ts'
import { indexTar, type TarCursor } from './tar-index.ts'

/** Opens a plain tar: reads its headers, and passes over what stands between them. */
export async function openTar(source: ByteSource): Promise<Archive> {
  const { entries, find } = resolveLinks(source.name, await indexTar(makeCursor(source)))
  return {
    name: source.name,
    sequential: false,
    entries,
    find,
    peek: async (name) => {
      const { offset, sizeBytes } = find(name)
      return await readBytes(source, offset, Math.min(peekBytes, sizeBytes))
    },
    read: async (name) => {
      const { offset, sizeBytes } = find(name)
      refuseBig(name, sizeBytes)
      return await readBytes(source, offset, sizeBytes, offset + sizeBytes)
    },
    open: async (name) => makeReader(source, find(name)),
    close: () => source.close(),
  }
}

function makeCursor(source: ByteSource): TarCursor {
  let at = 0
  const move = (length: number) => {
    const moved = Math.min(length, source.sizeBytes - at)
    at += moved
    return moved
  }
  return {
    name: source.name,
    take: async (length) => {
      const start = at
      return await readBytes(source, start, move(length))
    },
    skip: async (length) => move(length),
  }
}

function makeReader(source: ByteSource, { offset, sizeBytes }: ArchiveEntry): EntryReader {
  let at = 0
  return {
    read: async (target) => {
      const length = Math.min(target.length, sizeBytes - at)
      // Nothing is read at the end, so that a source that was aborted meanwhile ends all the same.
      if (length > 0) await source.readInto(target.subarray(0, length), offset + at, offset + sizeBytes)
      at += length
      return length
    },
    close: async () => {},
  }
}
