import { UserError } from '../errors.ts'
import { quote } from '../quote.ts'
import { normalizeName } from './entry-name.ts'
import { describeBytes } from './other-bytes.ts'
import { blockBytes, isTarHeader, paddedBytes, parsePax, parseTarHeader, type TarHeader } from './tar.ts'

/** Reads a tar from its start to its end; what is skipped need not be fetched. */
export type TarCursor = {
  /** Names the archive in messages. */
  name: string
  /** Returns up to `length` of the next bytes; fewer only at the archive's end. */
  take(length: number): Promise<Buffer>
  /** Skips bytes and returns their number; fewer than `length` only at the archive's end. */
  skip(length: number): Promise<number>
}

/** A file or a link of a tar, with what its pax and GNU headers said. */
export type TarEntry = { name: string; offset: number; sizeBytes: number; linkName: string; type: string }

/** Reads content that is kept, and returns the number of bytes that it read from the cursor. */
export type EntryVisitor = (entry: TarEntry, cursor: TarCursor) => Promise<number>

/** Names, links and sizes: more than this is no real header. */
export const maxHeaderBytes = 1024 * 1024

/** Files, folders and links of an archive: images have a few thousand at most. */
export const mostEntries = 32_768

const longestNameBytes = 1024

/** Lists files and links of a tar in its order. Throws UserError with the offset where it is damaged or truncated. */
export async function indexTar(cursor: TarCursor, visit: EntryVisitor = async () => 0): Promise<TarEntry[]> {
  const entries: TarEntry[] = []
  const common = new Map<string, string>()
  let own = new Map<string, string>()
  for (let offset = 0, headers = 1; ; headers++) {
    const header = await takeHeader(cursor, offset)
    if (!header) return entries
    // An entry may have headers before it, for its long name and that of its link.
    if (entries.length === mostEntries || headers > 4 * mostEntries) throw tooMany(cursor)
    const start = offset + blockBytes
    if (isExtension(header.type)) {
      const content = await takeExtension(cursor, header, offset)
      for (const [key, value] of readExtension(header.type, content, start))
        (header.type === 'g' ? common : own).set(key, value)
      offset = start + paddedBytes(header.sizeBytes)
      continue
    }
    const entry = applyExtensions(header, start, new Map([...common, ...own]))
    own = new Map()
    await passContent(cursor, entry, visit)
    if ('012'.includes(entry.type)) entries.push(entry)
    offset = start + paddedBytes(entry.sizeBytes)
  }
}

async function takeHeader(cursor: TarCursor, offset: number): Promise<TarHeader | undefined> {
  const block = await cursor.take(blockBytes)
  if (block.length === 0) return undefined
  if (offset === 0 && !isTarHeader(block)) {
    throw new UserError(
      `archive: ${cursor.name}: expected an image archive, got ${describeBytes(block, cursor.name)}`,
    )
  }
  if (block.length === blockBytes) return parseTarHeader(block, offset)
  throw new UserError(
    `archive: ${cursor.name}: offset ${offset}: expected a header of 512 bytes, got ${block.length}; it is truncated`,
  )
}

async function takeExtension(cursor: TarCursor, header: TarHeader, offset: number): Promise<Buffer> {
  if (header.sizeBytes > maxHeaderBytes) {
    throw new UserError(
      `archive: offset ${offset}: expected a header of at most ${maxHeaderBytes} bytes, got ${header.sizeBytes}`,
    )
  }
  const content = await cursor.take(paddedBytes(header.sizeBytes))
  if (content.length >= header.sizeBytes) return content.subarray(0, header.sizeBytes)
  throw cutShort(
    cursor,
    header.name,
    offset + blockBytes + header.sizeBytes,
    offset + blockBytes + content.length,
  )
}

async function passContent(cursor: TarCursor, entry: TarEntry, visit: EntryVisitor): Promise<void> {
  const taken = await visit(entry, cursor)
  const passed = taken + (await cursor.skip(paddedBytes(entry.sizeBytes) - taken))
  if (passed >= entry.sizeBytes) return
  throw cutShort(cursor, entry.name, entry.offset + entry.sizeBytes, entry.offset + passed)
}

function cutShort({ name }: TarCursor, entry: string, expected: number, got: number): UserError {
  return new UserError(
    `archive: ${name}: "${entry}" ends at ${expected}, the file at ${got}; it is truncated`,
  )
}

const tooMany = ({ name }: TarCursor) =>
  new UserError(
    `archive: ${name}: expected at most ${mostEntries} entries, got more; is it the export of a container? docker save makes an archive of an image`,
  )

/** Returns whether a header of this type tells about the entry that follows. */
export const isExtension = (type: string) => 'xgLK'.includes(type)

/** Reads what such a header tells, as far as it is used here. */
export function readExtension(type: string, content: Buffer, offset: number): Map<string, string> {
  if (type === 'x' || type === 'g') return keepUsed(parsePax(content, offset))
  const text = content.toString('utf8').replace(/\0+$/, '')
  return new Map([[type === 'L' ? 'path' : 'linkpath', text]])
}

const used = /^(path$|linkpath$|size$|GNU\.sparse\.)/

// Other records are dropped at once: a header may hold any number, and applies to all entries that follow.
function keepUsed(records: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...records].filter(([key]) => used.test(key)).map(([key, value]) => [sparse(key), value]))
}

const sparse = (key: string) => (key.startsWith('GNU.sparse.') ? 'GNU.sparse.' : key)

/** Completes a header by what those before it told; `offset` is that of its content. Throws UserError for sparse files. */
export function applyExtensions(
  header: TarHeader,
  offset: number,
  said: ReadonlyMap<string, string>,
): TarEntry {
  // An empty record takes an earlier one back, and the header counts again.
  const name = normalizeName(said.get('path') || header.name)
  const linkName = said.get('linkpath') || header.linkName
  for (const text of [name, linkName]) {
    if (Buffer.byteLength(text) <= longestNameBytes) continue
    throw new UserError(
      `archive: offset ${offset - blockBytes}: expected names of at most ${longestNameBytes} bytes, got ${quote(text)}`,
    )
  }
  if (header.type === 'S' || said.has('GNU.sparse.')) {
    throw new UserError(
      `archive: offset ${offset - blockBytes}: "${name}" is written as a sparse file, which is not supported; make the tar without --sparse, or by bsdtar with --no-read-sparse`,
    )
  }
  const size = said.get('size') || `${header.sizeBytes}`
  const sizeBytes = Number(size)
  if (!/^\d+$/.test(size) || !Number.isSafeInteger(sizeBytes)) {
    throw new UserError(`archive: "${name}": expected a size in bytes, got ${quote(size)}`)
  }
  return {
    name,
    offset,
    // Links, folders and devices have no content, whatever their headers state.
    sizeBytes: '123456'.includes(header.type) ? 0 : sizeBytes,
    linkName,
    type: header.type,
  }
}
