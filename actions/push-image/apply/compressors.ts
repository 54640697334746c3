import { chunkBytes, compileKernel } from '../../../lib/compression/deflate/kernel.ts'
import { type CompressorPool, makeInlinePool, startCompressorPool } from '../../../lib/compression/pool.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import type { Inputs } from '../inputs.ts'

/** A pool that is made when a layer first needs it. */
export type Compressors = { start(): CompressorPool; close(): Promise<void> }

// They are compressed sooner than threads start.
const mostInlineChunks = 6

/**
 * Creates the pool of one push, for `contentBytes` in all. A few chunks need no thread; beyond them, there are no more
 * threads than chunks, and enough buffers that each has work, and each layer something to send.
 */
export function makeCompressors(
  contentBytes: number,
  inputs: Pick<Inputs, 'compression' | 'threads' | 'concurrency'>,
  { workerPath, log }: { workerPath: string; log: Log },
): Compressors {
  const { compression: choice, concurrency } = inputs
  const chunks = Math.ceil(contentBytes / chunkBytes)
  const threads = Math.min(inputs.threads, chunks)
  let pool: CompressorPool | undefined
  const start = () => {
    const kernel = compile(log)
    if (chunks <= mostInlineChunks) return makeInlinePool({ choice, kernel, slots: concurrency })
    return startCompressorPool({ choice, kernel, workerPath, threads, slots: threads + concurrency + 2 })
  }
  return {
    start: () => {
      pool ??= start()
      return pool
    },
    close: async () => await pool?.close(),
  }
}

function compile(log: Log): WebAssembly.Module | undefined {
  try {
    return compileKernel()
  } catch (error) {
    log.warning(`the compression kernel does not run here, zlib is used instead: ${messageOf(error)}`)
    return undefined
  }
}
