import { parentPort, workerData } from 'node:worker_threads'
import type { CompressionChoice } from './choice.ts'
import { makeChunkCompressor } from './chunk-compressor.ts'

/** What a worker thread is started with; `buffers` are shared, and named by their place in the list. */
export type WorkerSettings = {
  choice: CompressionChoice
  kernel: WebAssembly.Module | undefined
  buffers: readonly SharedArrayBuffer[]
}

/** Requests that the first `length` bytes of a buffer are compressed in place. */
export type CompressRequest = { buffer: number; length: number }

/** What became of it: the length of the result. */
export type CompressAnswer = { buffer: number; length: number }

const { choice, kernel, buffers }: WorkerSettings = workerData
const views = buffers.map((buffer) => new Uint8Array(buffer))
const compress = makeChunkCompressor(choice, kernel)

parentPort?.on('message', ({ buffer, length }: CompressRequest) => {
  const bytes = views[buffer]
  if (!bytes) throw new Error(`compression thread: expected a buffer, got number ${buffer}`)
  const answer: CompressAnswer = { buffer, length: compress(bytes, length) }
  parentPort?.postMessage(answer)
})
