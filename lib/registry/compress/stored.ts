// What cannot be made smaller is written as it is, in the containers that the formats have for it.

const deflateBlockBytes = 0xffff
const zstdBlockBytes = 128 * 1024

/** Writes a chunk as stored blocks of deflate (RFC 1951, 3.2.4), none of them final; gives the bytes written. */
export function writeStoredDeflate(chunk: Uint8Array, target: Uint8Array): number {
  const view = new DataView(target.buffer, target.byteOffset)
  let at = 0
  for (let from = 0; from < chunk.length; from += deflateBlockBytes) {
    const block = chunk.subarray(from, from + deflateBlockBytes)
    view.setUint8(at, 0)
    view.setUint16(at + 1, block.length, true)
    view.setUint16(at + 3, block.length ^ 0xffff, true)
    target.set(block, at + 5)
    at += 5 + block.length
  }
  return at
}

/** Writes a chunk as one zstd frame of raw blocks (RFC 8878, 3.1.1); gives the bytes written. */
export function writeStoredZstd(chunk: Uint8Array, target: Uint8Array): number {
  const view = new DataView(target.buffer, target.byteOffset)
  view.setUint32(0, 0xfd2fb528, true)
  // A single segment, whose size stands in four bytes.
  view.setUint8(4, 0b1010_0000)
  view.setUint32(5, chunk.length, true)
  let at = 9
  for (let from = 0; from < chunk.length; from += zstdBlockBytes) {
    const block = chunk.subarray(from, from + zstdBlockBytes)
    const last = from + block.length === chunk.length ? 1 : 0
    view.setUint16(at, (block.length << 3) | last, true)
    view.setUint8(at + 2, block.length >> 13)
    target.set(block, at + 3)
    at += 3 + block.length
  }
  return at
}
