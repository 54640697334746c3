import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'

/** A file of a zip; its name is a path with slashes. */
export type ZipFile = { name: string; content: Buffer; executable: boolean }

// Loaded with the first zip: most runs make none.
const zlib = () => process.getBuiltinModule('node:zlib')

// 1980-01-01, the first day that a zip can name.
const dosDate = 0x21

/** The most files in a zip without Zip64, which some readers do not support. */
export const mostZipFiles = 65_535

const mostZipBytes = 2 ** 32 - 1

/** Creates a zip: the same bytes for the same files, whatever their order, times and owners are. */
export function makeZip(files: readonly ZipFile[]): Buffer {
  if (files.length > mostZipFiles)
    throw new UserError(`assets: expected at most ${mostZipFiles} files in a zip, got ${files.length}`)
  const sorted = files.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const file of sorted) {
    verifyName(file.name)
    const packed = zlib().deflateRawSync(file.content, { level: 9 })
    const common = makeCommon(file, packed.length)
    const name = Buffer.from(file.name)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.alloc(2), name, packed])
    locals.push(local)
    centrals.push(makeCentral(file, common, name, offset))
    offset += local.length
    if (offset > mostZipBytes)
      throw new UserError(`assets: expected a zip of at most ${mostZipBytes} bytes, got more`)
  }
  const directory = Buffer.concat(centrals)
  return Buffer.concat([...locals, directory, makeEnd(sorted.length, directory.length, offset)])
}

// What unpacks a zip would write such a file elsewhere, or not at all.
function verifyName(name: string): void {
  const parts = name.split('/')
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (isPlain && !/[\u0000-\u001f\u007f\\]/.test(name) && Buffer.byteLength(name) <= 65_535) return
  throw new UserError(`assets: expected a path that a zip can hold, got ${quote(name)}; rename the file`)
}

// From "version needed" to "name length": the same in the local header and in the central directory.
function makeCommon({ name, content }: ZipFile, packedBytes: number): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt16LE(20, 0)
  header.writeUInt16LE(0x800, 2)
  header.writeUInt16LE(8, 4)
  header.writeUInt16LE(dosDate, 8)
  header.writeUInt32LE(zlib().crc32(content), 10)
  header.writeUInt32LE(packedBytes, 14)
  header.writeUInt32LE(content.length, 18)
  header.writeUInt16LE(Buffer.byteLength(name), 22)
  return header
}

function makeCentral({ executable }: ZipFile, common: Buffer, name: Buffer, offset: number): Buffer {
  const rest = Buffer.alloc(16)
  rest.writeUInt32LE((executable ? 0o100755 : 0o100644) * 0x10000, 8)
  rest.writeUInt32LE(offset, 12)
  // "Made by" Unix, so that the mode counts.
  return Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.of(20, 3), common, rest, name])
}

function makeEnd(count: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
