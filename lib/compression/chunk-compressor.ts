import { constants, crc32, deflateRawSync, zstdCompressSync } from 'node:zlib'
import type { CompressionChoice } from './choice.ts'
import { chunkBytes, makeDeflater } from './deflate/kernel.ts'
import { isIncompressible } from './incompressible.ts'
import { storeDeflate, storeZstd } from './stored.ts'

/** A compressed chunk's length, and the CRC-32 of what it was made of; 0 where the format has none. */
export type PackedChunk = { length: number; crc: number }

/**
 * Compresses one chunk in place: reads the first `length` bytes of the buffer, and writes the result over them.
 * Chunks are independent, so that the bytes do not depend on the threads that compress them.
 */
export type ChunkCompressor = (buffer: Uint8Array, length: number) => PackedChunk

/** Space that a buffer needs after a full chunk, for the headers of blocks that stay as they are. */
export const slackBytes = 64 * 1024

// Node's output buffer, in one piece: many small ones cost memory until they are collected.
const outputBytes = chunkBytes + slackBytes

/** Creates the compressor of one thread; without the kernel, it uses Node's zlib. */
export function makeChunkCompressor(
  choice: CompressionChoice,
  kernel: WebAssembly.Module | undefined,
): ChunkCompressor {
  if (choice.compression === 'none') return (_, length) => ({ length, crc: 0 })
  if (choice.compression === 'zstd') return compressZstd(choice.level)
  const { level } = choice
  if (kernel && level === 'fast') return compressByKernel(kernel, 'fast')
  if (kernel && level === 1) return compressByKernel(kernel, 'dense')
  return compressByZlib(level === 'fast' ? 1 : level)
}

function compressByKernel(kernel: WebAssembly.Module, mode: 'fast' | 'dense'): ChunkCompressor {
  const deflater = makeDeflater(kernel, mode)
  return compressGzip((chunk, target) => {
    deflater.input.set(chunk)
    const packed = deflater.deflate(chunk.length)
    target.set(packed)
    return packed.length
  })
}

function compressByZlib(level: number): ChunkCompressor {
  const options = { level, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: outputBytes }
  return compressGzip((chunk, target) => moveInto(target, deflateRawSync(chunk, options)))
}

function compressGzip(pack: Pack): ChunkCompressor {
  const packOrStore = orStored(pack, storeDeflate)
  return (buffer, length) => {
    const crc = crc32(buffer.subarray(0, length))
    return { length: packOrStore(buffer, length), crc }
  }
}

// A frame a chunk: a zstd stream is any number of frames, one after the other (RFC 8878, 3.1).
function compressZstd(level: number): ChunkCompressor {
  const options = { params: { [constants.ZSTD_c_compressionLevel]: level }, chunkSize: outputBytes }
  const pack: Pack = (chunk, target) => moveInto(target, zstdCompressSync(chunk, options))
  const packOrStore = orStored(pack, storeZstd)
  return (buffer, length) => ({ length: packOrStore(buffer, length), crc: 0 })
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
type InPlace = (buffer: Uint8Array, length: number) => number

function orStored(pack: Pack, store: InPlace): InPlace {
  return (buffer, length) => {
    const chunk = buffer.subarray(0, length)
    return isIncompressible(chunk) ? store(buffer, length) : pack(chunk, buffer)
  }
}
