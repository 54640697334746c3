import { UserError } from '../errors.ts'

const blockBytes = 512

/** What a tar header says of the entry behind it. */
export type TarHeader = {
  name: string
  /** Bytes of content; the next header stands behind it, at a multiple of 512. */
  sizeBytes: number
  /** `0` file, `5` folder, `1` hard link, `2` symlink, `x` and `g` pax, `L` and `K` GNU long name and link. */
  type: string
  linkName: string
}

/** Parses one 512-byte header; `undefined` for the zero block at the archive's end. Offset is for the message. */
export function parseTarHeader(block: Buffer, offset: number): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined
  verifyChecksum(block, offset)
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? readText(block, 345, 155) : ''
  const name = readText(block, 0, 100)
  return {
    name: prefix ? `${prefix}/${name}` : name,
    sizeBytes: readNumber(block, 124, 12),
    type: block.toString('latin1', 156, 157).replace('\0', '0'),
    linkName: readText(block, 157, 100),
  }
}

/** Counts the bytes of an entry's content with its padding. */
export function paddedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes
}

/** Parses the records of a pax header (`LENGTH KEY=VALUE\n` each) into key and value. */
export function parsePax(content: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, space))
    if (space < 0 || !(length > 0)) break
    const record = content.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

function readText(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

// Sizes of 8 GiB and more are written in base 256, marked by the highest bit.
function readNumber(block: Buffer, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) === 0)
    return Number.parseInt(readText(block, start, length).trim() || '0', 8)
  return Number(block.readBigUInt64BE(start + length - 8))
}

function verifyChecksum(block: Buffer, offset: number): void {
  const expected = readNumber(block, 148, 8)
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  if (sum !== expected) {
    throw new UserError(
      `archive: offset ${offset}: expected a tar header, got other bytes; is it a docker save archive?`,
    )
  }
}
