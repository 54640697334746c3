import type { Log } from '../../lib/action.ts'
import { messageOf } from '../../lib/errors.ts'
import { type CompressorPool, startCompressorPool } from '../../lib/registry/compress/compressor-pool.ts'
import { chunkBytes, compileKernel } from '../../lib/registry/deflate/kernel.ts'
import type { Inputs } from './inputs.ts'

/** Threads that start when a layer first needs them. */
export type Compressors = { start(): CompressorPool; close(): Promise<void> }

/**
 * Makes the threads of one push, for `contentBytes` in all: no more than there are chunks, and enough buffers that
 * each has work, and each layer something to send.
 */
export function makeCompressors(
  contentBytes: number,
  inputs: Pick<Inputs, 'compression' | 'threads' | 'concurrency'>,
  { workerPath, log }: { workerPath: string; log: Log },
): Compressors {
  const { compression: choice, concurrency } = inputs
  const threads = Math.min(inputs.threads, Math.max(1, Math.ceil(contentBytes / chunkBytes)))
  let pool: CompressorPool | undefined
  const start = () =>
    startCompressorPool({
      choice,
      kernel: compile(log),
      workerPath,
      threads,
      slots: threads + concurrency + 2,
    })
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
    log.warning(`the compression kernel does not run here, zlib takes its place: ${messageOf(error)}`)
    return undefined
  }
}
