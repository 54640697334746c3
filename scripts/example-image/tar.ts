/** A file or a folder of a tar; folders have no content. */
export type TarFile = { name: string; content?: Uint8Array | string; executable?: boolean }

/** Makes a tar of files in the order given: the same bytes each time, without times and owners. */
export function makeTar(files: readonly TarFile[]): Buffer {
  return Buffer.concat([...files.flatMap(makeEntry), Buffer.alloc(1024)])
}

function makeEntry({ name, content, executable = false }: TarFile): Buffer[] {
  const bytes = Buffer.from(content ?? '')
  const type = content === undefined ? '5' : '0'
  const mode = type === '5' || executable ? '0000755' : '0000644'
  if (Buffer.byteLength(name) <= 100) return makeRecord(name, type, mode, bytes)
  return [...makeRecord('pax', 'x', mode, renderPaxPath(name)), ...makeRecord('long-name', type, mode, bytes)]
}

// The length that stands in front of a pax record counts its own digits.
function renderPaxPath(name: string): Buffer {
  const record = Buffer.from(` path=${name}\n`)
  const digits = String(record.length + String(record.length).length).length
  return Buffer.concat([Buffer.from(String(record.length + digits)), record])
}

function makeRecord(name: string, type: string, mode: string, content: Buffer): Buffer[] {
  return [makeTarHeader(name, content.length, { type, mode }), content, makeTarPadding(content.length)]
}

/** Makes the header of a file that is written by itself, for content that is too large to be held. */
export function makeTarHeader(
  name: string,
  sizeBytes: number,
  { type = '0', mode = '0000644' }: { type?: string; mode?: string } = {},
): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(`${mode}\0`, 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write(`        ${type}`, 148)
  header.write('ustar\0', 257)
  header.write('00', 263)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** Makes the zeros that follow a file's content. */
export const makeTarPadding = (sizeBytes: number) => Buffer.alloc((512 - (sizeBytes % 512)) % 512)
