import { UserError } from '../errors.ts'

/** Bytes of a header; contents are padded to a multiple of it. */
export const blockBytes = 512

/** What a tar header states about the entry that follows. */
export type TarHeader = {
  name: string
  /** Bytes of content; the next header follows at a multiple of 512. */
  sizeBytes: number
  /** `0` file, `5` folder, `1` hard link, `2` symlink, `x` and `g` pax, `L` and `K` GNU long name and link. */
  type: string
  linkName: string
}

/** Parses one 512-byte header; `undefined` for the zero block at the archive's end. Offset is for the message. */
export function parseTarHeader(block: Buffer, offset: number): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined
  verifyChecksum(block, offset)
  const prefix = isUstar(block) ? readText(block, 345, 155) : ''
  const name = readText(block, 0, 100)
  const type = block.toString('latin1', 156, 157)
  return {
    name: prefix ? `${prefix}/${name}` : name,
    sizeBytes: readSize(block, offset),
    // A zero byte and "7" are files, too: of old tars, and of systems that lay files out in one piece.
    type: type === '\0' || type === '7' ? '0' : type,
    linkName: readText(block, 157, 100),
  }
}

/** Counts the bytes of an entry's content with its padding. */
export function paddedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes
}

/** Parses the records of a pax header (`LENGTH KEY=VALUE\n` each) into key and value. */
export function parsePax(content: Buffer, offset: number): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, Math.max(space, at)))
    const record = content.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (!(length > 0) || at + length > content.length || equals < 1) {
      throw new UserError(`archive: offset ${offset + at}: expected a pax record, got other bytes`)
    }
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

// GNU tar writes "ustar  " without a prefix: its fields there are times.
const isUstar = (block: Buffer) => block.toString('latin1', 257, 263) === 'ustar\0'

function readText(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

function readSize(block: Buffer, offset: number): number {
  const size = readNumber(block, 124, 12)
  if (Number.isSafeInteger(size)) return size
  const got = readText(block, 124, 12)
  throw new UserError(`archive: offset ${offset}: expected the size of an entry, got "${got}"`)
}

// Sizes of 8 GiB and more are written in base 256, marked by the highest bit.
function readNumber(block: Buffer, start: number, length: number): number {
  const field = block.subarray(start, start + length)
  const first = field[0] ?? 0
  if (first >= 0x80) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f)
  const text = readText(block, start, length).trim()
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || '0', 8) : Number.NaN
}

/** Returns whether bytes look like a header, even a damaged or cut one, or like the end of a tar. */
export function isTarHeader(block: Buffer): boolean {
  if (block.toString('latin1', 257, 262) === 'ustar' || block.every((byte) => byte === 0)) return true
  const { expected, got } = sumHeader(block)
  return got.includes(expected)
}

function verifyChecksum(block: Buffer, offset: number): void {
  const { expected, got } = sumHeader(block)
  if (got.includes(expected)) return
  throw new UserError(
    block.toString('latin1', 257, 262) === 'ustar' && !Number.isNaN(expected)
      ? `archive: offset ${offset}: expected a header with checksum ${expected}, got ${got[0]}; the archive is damaged`
      : `archive: offset ${offset}: expected a tar header, got other bytes; the archive is damaged`,
  )
}

// The checksum's own field counts as spaces. Some old tars added up signed bytes.
function sumHeader(block: Buffer): { expected: number; got: number[] } {
  let sum = 8 * 0x20
  let negative = 0
  // By index: layers have a hundred thousand headers, and an iterator takes many times as long.
  for (let at = 0; at < block.length; at++) {
    if (at === 148) at = 156
    const byte = block[at] ?? 0
    sum += byte
    negative += byte >> 7
  }
  return { expected: readNumber(block, 148, 8), got: [sum, sum - 256 * negative] }
}
