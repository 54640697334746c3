import { Worker } from 'node:worker_threads'
import { makeChunkCompressor, slackBytes } from './chunk-compressor.ts'
import { chunkBytes } from './deflate/kernel.ts'
import type { CompressAnswer, CompressRequest, WorkerSettings } from './worker.ts'

/** A buffer for one chunk, which threads share by its number; whoever takes it returns it. */
export type Slot = { number: number; bytes: Uint8Array }

/** A chunk that was compressed: where it lies, and its length. */
export type CompressedChunk = { slot: Slot; length: number }

/** What compresses chunks, and the buffers that bound how much is under way. */
export type CompressorPool = {
  /** Takes a free buffer, or returns `undefined` if all are in use. */
  tryTake(): Slot | undefined
  /** Takes a buffer as soon as one is free. */
  take(): Promise<Slot>
  give(slot: Slot): void
  /** Compresses the first bytes of a slot in place. */
  compress(slot: Slot, contentBytes: number): Promise<CompressedChunk>
  /** How many chunks of one layer keep all that compresses busy. */
  depth: number
  close(): Promise<void>
}

type Job = { worker: Worker; resolve(answer: CompressAnswer): void; reject(error: Error): void }

/** What a pool is made of, wherever it runs. */
export type PoolSettings = Omit<WorkerSettings, 'buffers'> & { slots: number }

/** Threads of a pool; `workerPath` is their program, a bundle or its source. */
export type ThreadSettings = { workerPath: string; threads: number }

/** Creates a pool that compresses in the calling thread: for a few chunks, starting a thread takes longer. */
export function makeInlinePool({ choice, kernel, slots }: PoolSettings): CompressorPool {
  const packChunk = makeChunkCompressor(choice, kernel)
  const compress = async (slot: Slot, contentBytes: number): Promise<CompressedChunk> => {
    return { slot, length: packChunk(slot.bytes, contentBytes) }
  }
  const buffers = Array.from({ length: slots }, () => new ArrayBuffer(chunkBytes + slackBytes))
  return { ...shareSlots(buffers), compress, depth: 1, close: async () => {} }
}

/** Starts the threads of a pool. */
export function startCompressorPool({
  workerPath,
  threads,
  slots,
  ...settings
}: PoolSettings & ThreadSettings): CompressorPool {
  const buffers = Array.from({ length: slots }, () => new SharedArrayBuffer(chunkBytes + slackBytes))
  // By the slot's number: a slot has one job at a time.
  const jobs = new Map<number, Job>()
  // Why a thread has ended: it would never answer.
  let failure: Error | undefined
  const end = (error: Error) => {
    failure ??= error
  }
  const workers = Array.from({ length: threads }, () =>
    startWorker(workerPath, { ...settings, buffers }, jobs, end),
  )
  const compress = async (slot: Slot, contentBytes: number): Promise<CompressedChunk> => {
    if (failure) throw failure
    const worker = leastLoaded(workers, jobs)
    const request: CompressRequest = { buffer: slot.number, length: contentBytes }
    const { length } = await new Promise<CompressAnswer>((resolve, reject) => {
      jobs.set(slot.number, { worker, resolve, reject })
      worker.postMessage(request)
    }).finally(() => jobs.delete(slot.number))
    return { slot, length }
  }
  const close = async () => {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return { ...shareSlots(buffers), compress, depth: threads + 1, close }
}

function startWorker(
  workerPath: string,
  workerData: WorkerSettings,
  jobs: ReadonlyMap<number, Job>,
  end: (error: Error) => void,
): Worker {
  const worker = new Worker(workerPath, { workerData })
  const fail = (error: Error) => {
    end(error)
    for (const job of jobs.values()) if (job.worker === worker) job.reject(error)
  }
  worker.on('message', (answer: CompressAnswer) => jobs.get(answer.buffer)?.resolve(answer))
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`compression thread: ended with code ${code}`)))
  return worker
}

function leastLoaded(workers: readonly Worker[], jobs: ReadonlyMap<number, Job>): Worker {
  const load = (worker: Worker) =>
    jobs.values().reduce((sum, job) => sum + (job.worker === worker ? 1 : 0), 0)
  const [first, ...others] = workers.map((worker) => ({ worker, load: load(worker) }))
  if (!first) throw new Error('compression: expected at least one thread, got none')
  return others.reduce((least, other) => (other.load < least.load ? other : least), first).worker
}

function shareSlots(
  buffers: readonly (ArrayBuffer | SharedArrayBuffer)[],
): Pick<CompressorPool, 'tryTake' | 'take' | 'give'> {
  const free = buffers.map((buffer, number): Slot => ({ number, bytes: new Uint8Array(buffer) }))
  const waiting: ((slot: Slot) => void)[] = []
  return {
    tryTake: () => free.pop(),
    take: async () => free.pop() ?? (await new Promise<Slot>((resolve) => waiting.push(resolve))),
    give: (slot) => {
      const next = waiting.shift()
      if (next) next(slot)
      else free.push(slot)
    },
  }
}
