import { parentPort, workerData } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import { makeChunkCompressor } from './chunk-compressor.ts'
import type { CompressionChoice } from './compression-choice.ts'

/** What a worker thread is started with. */
export type WorkerSettings = { choice: CompressionChoice; kernel: WebAssembly.Module | undefined }

/** Asks for the first `length` bytes of a shared buffer to be compressed in place. */
export type CompressRequest = { id: number; buffer: SharedArrayBuffer; length: number }

/** The length of the result, and the CRC-32 of what was there before. */
export type CompressAnswer = { id: number; length: number; crc: number }

const { choice, kernel }: WorkerSettings = workerData
const compress = makeChunkCompressor(choice, kernel)

parentPort?.on('message', ({ id, buffer, length }: CompressRequest) => {
  const bytes = new Uint8Array(buffer)
  const crc = crc32(bytes.subarray(0, length))
  const answer: CompressAnswer = { id, length: compress(bytes, length), crc }
  parentPort?.postMessage(answer)
})
