import { constants, deflateRawSync, zstdCompressSync } from 'node:zlib'
import type { CompressionChoice } from './choice.ts'
import { chunkBytes, makeDeflater } from './deflate/kernel.ts'
import { isIncompressible } from './incompressible.ts'
import { storeDeflate, storeZstd } from './stored.ts'

/**
 * Compresses one chunk in place: reads the first `length` bytes of the buffer, writes the result over them, and
 * returns its length. Chunks are independent, so that the bytes do not depend on the threads that compress them.
 */
export type ChunkCompressor = (buffer: Uint8Array, length: number) => number

/** Space that a buffer needs after a full chunk, for the headers of blocks that stay as they are. */
export const slackBytes = 64 * 1024

// Node's output buffer, in one piece: many small ones cost memory until they are collected.
const outputBytes = chunkBytes + slackBytes

/** Creates the compressor of one thread; without the kernel, it uses Node's zlib. */
export function makeChunkCompressor(
  choice: CompressionChoice,
  kernel: WebAssembly.Module | undefined,
): ChunkCompressor {
  if (choice.compression === 'none') return (_, length) => length
  if (choice.compression === 'zstd') return compressZstd(choice.level)
  const { level } = choice
  if (kernel && level === 'fast') return compressByKernel(kernel, 'fast')
  if (kernel && level === 1) return compressByKernel(kernel, 'dense')
  return compressByZlib(level === 'fast' ? 1 : level)
}

function compressByKernel(kernel: WebAssembly.Module, mode: 'fast' | 'dense'): ChunkCompressor {
  const deflater = makeDeflater(kernel, mode)
  const pack: Pack = (chunk, target) => {
    deflater.input.set(chunk)
    const packed = deflater.deflate(chunk.length)
    target.set(packed)
    return packed.length
  }
  return orStored(pack, storeDeflate)
}

function compressByZlib(level: number): ChunkCompressor {
  const options = { level, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: outputBytes }
  return orStored((chunk, target) => moveInto(target, deflateRawSync(chunk, options)), storeDeflate)
}

// A frame a chunk: a zstd stream is any number of frames, one after the other (RFC 8878, 3.1).
function compressZstd(level: number): ChunkCompressor {
  const options = { params: { [constants.ZSTD_c_compressionLevel]: level }, chunkSize: outputBytes }
  return orStored((chunk, target) => moveInto(target, zstdCompressSync(chunk, options)), storeZstd)
}

// Node's results would wait for the collector, 2 MiB each: their memory is given back at once, if it is all theirs.
function moveInto(target: Uint8Array, packed: Buffer<ArrayBuffer>): number {
  const { buffer, length } = packed
  target.set(packed)
  if (buffer.byteLength >= outputBytes) buffer.transfer(0)
  return length
}

/** Writes a packed chunk to the target, and returns its length. */
type Pack = (chunk: Uint8Array, target: Uint8Array) => number

function orStored(pack: Pack, store: ChunkCompressor): ChunkCompressor {
  return (buffer, length) => {
    const chunk = buffer.subarray(0, length)
    return isIncompressible(chunk) ? store(buffer, length) : pack(chunk, buffer)
  }
}
