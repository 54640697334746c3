import { type FileHandle, open } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { describeUnreadable } from '../file.ts'
import { paddedBytes, parsePax, parseTarHeader } from './tar.ts'

/** Where an entry's content lies in the archive. */
export type ArchiveEntry = { offset: number; sizeBytes: number; linkName: string }

/** A tar that is read at random: only headers are read to open it. */
export type Archive = {
  entries: ReadonlyMap<string, ArchiveEntry>
  /** Reads a small entry whole. */
  read(name: string): Promise<Buffer>
  /** Reads an entry piece by piece. */
  stream(name: string): AsyncGenerator<Buffer>
  close(): Promise<void>
}

const pieceBytes = 1024 * 1024

/** Opens a tar on disk. Throws UserError where it is missing, empty, cut short or no tar. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await open(path).catch((error: unknown) => {
    throw new UserError(`archive: ${path}: ${describeUnreadable(error)}`)
  })
  try {
    const entries = await indexEntries(file, path)
    const find = (name: string) => findEntry(entries, name)
    return {
      entries,
      read: async (name) => await readPiece(file, find(name).offset, find(name).sizeBytes),
      stream: (name) => streamEntry(file, find(name)),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

function findEntry(entries: ReadonlyMap<string, ArchiveEntry>, name: string): ArchiveEntry {
  const entry = entries.get(name)
  if (!entry) throw new UserError(`archive: expected an entry "${name}", found none`)
  if (entry.linkName === '') return entry
  // Old docker save writes equal layers as links, relative to the layer's own folder.
  const target = new URL(entry.linkName, `file:///${name}`).pathname.slice(1)
  const linked = entries.get(target) ?? entries.get(entry.linkName)
  if (linked?.linkName !== '')
    throw new UserError(`archive: "${name}" is a link to "${target}", found no such file`)
  return linked
}

async function indexEntries(file: FileHandle, path: string): Promise<Map<string, ArchiveEntry>> {
  const { size } = await file.stat()
  if (size === 0) throw new UserError(`archive: ${path}: expected a docker save archive, got an empty file`)
  const entries = new Map<string, ArchiveEntry>()
  let pax = new Map<string, string>()
  for (let offset = 0; offset + 512 <= size; ) {
    const header = parseTarHeader(await readPiece(file, offset, 512), offset)
    if (!header) break
    const start = offset + 512
    const sizeBytes = Number(pax.get('size') ?? header.sizeBytes)
    if (start + sizeBytes > size) {
      throw new UserError(
        `archive: ${path}: "${header.name}" ends at ${start + sizeBytes}, the file at ${size}; it is cut short`,
      )
    }
    if (header.type === 'x') pax = parsePax(await readPiece(file, start, sizeBytes))
    else if (header.type === 'L') pax.set('path', trimZeros(await readPiece(file, start, sizeBytes)))
    else if (header.type === 'K') pax.set('linkpath', trimZeros(await readPiece(file, start, sizeBytes)))
    else {
      const linkName = '12'.includes(header.type) ? (pax.get('linkpath') ?? header.linkName) : ''
      entries.set((pax.get('path') ?? header.name).replace(/^\.\//, ''), {
        offset: start,
        sizeBytes,
        linkName,
      })
      pax = new Map()
    }
    offset = start + paddedBytes(sizeBytes)
  }
  return entries
}

const trimZeros = (bytes: Buffer) => bytes.toString('utf8').replace(/\0+$/, '')

async function* streamEntry(file: FileHandle, { offset, sizeBytes }: ArchiveEntry): AsyncGenerator<Buffer> {
  for (let at = 0; at < sizeBytes; at += pieceBytes) {
    yield await readPiece(file, offset + at, Math.min(pieceBytes, sizeBytes - at))
  }
}

async function readPiece(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(buffer, at, length - at, offset + at)
    if (bytesRead === 0)
      throw new UserError(
        `archive: offset ${offset + at}: expected ${length - at} more bytes, got the end of the file`,
      )
    at += bytesRead
  }
  return buffer
}
