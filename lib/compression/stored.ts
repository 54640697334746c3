// What cannot be made smaller is kept as it is, in the containers that the formats have for it. Blocks are moved
// apart from the last one on, so that none is written over before it was moved.

const deflateBlockBytes = 0xffff
const zstdBlockBytes = 128 * 1024

/** Turns the first bytes of a buffer into stored, not final blocks of deflate (RFC 1951, 3.2.4); returns their length. */
export function storeDeflate(buffer: Uint8Array, length: number): number {
  const view = new DataView(buffer.buffer, buffer.byteOffset)
  return spread(buffer, length, { blockBytes: deflateBlockBytes, headBytes: 5, lead: 0 }, (at, size) => {
    view.setUint8(at, 0)
    view.setUint16(at + 1, size, true)
    view.setUint16(at + 3, size ^ 0xffff, true)
  })
}

/** Turns the first bytes of a buffer into one zstd frame of raw blocks (RFC 8878, 3.1.1); returns its length. */
export function storeZstd(buffer: Uint8Array, length: number): number {
  const view = new DataView(buffer.buffer, buffer.byteOffset)
  const lead = 9
  const end = spread(
    buffer,
    length,
    { blockBytes: zstdBlockBytes, headBytes: 3, lead },
    (at, size, isLast) => {
      view.setUint16(at, ((size << 3) | (isLast ? 1 : 0)) & 0xffff, true)
      view.setUint8(at + 2, size >> 13)
    },
  )
  view.setUint32(0, 0xfd2fb528, true)
  // A single segment, whose size stands in four bytes.
  view.setUint8(4, 0b1010_0000)
  view.setUint32(5, length, true)
  return end
}

function spread(
  buffer: Uint8Array,
  length: number,
  { blockBytes, headBytes, lead }: { blockBytes: number; headBytes: number; lead: number },
  writeHead: (at: number, size: number, isLast: boolean) => void,
): number {
  const blocks = Math.ceil(length / blockBytes)
  // Many times as fast in a shared buffer as copyWithin, which moves it in small steps.
  const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length)
  for (let block = blocks - 1; block >= 0; block--) {
    const from = block * blockBytes
    const size = Math.min(blockBytes, length - from)
    const at = lead + from + block * headBytes
    bytes.copy(bytes, at + headBytes, from, from + size)
    writeHead(at, size, block === blocks - 1)
  }
  return lead + length + blocks * headBytes
}
