import { Worker } from 'node:worker_threads'
import { chunkBytes } from '../deflate/kernel.ts'
import { slackBytes } from './chunk-compressor.ts'
import type { CompressAnswer, CompressRequest, WorkerSettings } from './compress-worker.ts'

/** A buffer that threads share; whoever took it gives it back. */
export type Slot = { buffer: SharedArrayBuffer; bytes: Uint8Array }

/** A chunk that was compressed: where it lies, its length, and length and CRC-32 of what it was made of. */
export type CompressedChunk = { slot: Slot; length: number; contentBytes: number; contentCrc: number }

/** Threads that compress chunks, and the buffers that bound how much is under way. */
export type CompressorPool = {
  /** Takes a free buffer; `undefined` where all are under way. */
  tryTake(): Slot | undefined
  /** Takes a buffer as soon as one is free. */
  take(): Promise<Slot>
  give(slot: Slot): void
  /** Compresses the first bytes of a slot in place. */
  compress(slot: Slot, contentBytes: number): Promise<CompressedChunk>
  /** How many chunks of one layer keep all threads busy. */
  depth: number
  close(): Promise<void>
}

type Job = { worker: Worker; resolve(answer: CompressAnswer): void; reject(error: Error): void }

/** What a pool is made of; `workerPath` is the program of its threads, a bundle or its source. */
export type PoolSettings = WorkerSettings & { workerPath: string; threads: number; slots: number }

/** Starts the threads. */
export function startCompressorPool({
  workerPath,
  threads,
  slots,
  ...settings
}: PoolSettings): CompressorPool {
  const jobs = new Map<number, Job>()
  const fail = (worker: Worker, error: Error) => {
    for (const job of jobs.values()) if (job.worker === worker) job.reject(error)
  }
  const workers = Array.from({ length: threads }, () => startWorker(workerPath, settings, jobs, fail))
  let lastId = 0
  const compress = async (slot: Slot, contentBytes: number): Promise<CompressedChunk> => {
    const worker = leastLoaded(workers, jobs)
    const request: CompressRequest = { id: ++lastId, buffer: slot.buffer, length: contentBytes }
    const answer = await new Promise<CompressAnswer>((resolve, reject) => {
      jobs.set(request.id, { worker, resolve, reject })
      worker.postMessage(request)
    }).finally(() => jobs.delete(request.id))
    return { slot, length: answer.length, contentBytes, contentCrc: answer.crc }
  }
  const close = async () => {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return { ...makeSlots(slots), compress, depth: threads + 1, close }
}

function startWorker(
  workerPath: string,
  workerData: WorkerSettings,
  jobs: ReadonlyMap<number, Job>,
  fail: (worker: Worker, error: Error) => void,
): Worker {
  const worker = new Worker(workerPath, { workerData })
  worker.on('message', (answer: CompressAnswer) => jobs.get(answer.id)?.resolve(answer))
  worker.on('error', (error: Error) => fail(worker, error))
  worker.on('exit', (code) => fail(worker, new Error(`compression thread: ended with code ${code}`)))
  return worker
}

function leastLoaded(workers: readonly Worker[], jobs: ReadonlyMap<number, Job>): Worker {
  const load = (worker: Worker) =>
    jobs.values().reduce((sum, job) => sum + (job.worker === worker ? 1 : 0), 0)
  const [first, ...others] = workers.map((worker) => ({ worker, load: load(worker) }))
  if (!first) throw new Error('compression: expected at least one thread, got none')
  return others.reduce((least, other) => (other.load < least.load ? other : least), first).worker
}

function makeSlots(count: number): Pick<CompressorPool, 'tryTake' | 'take' | 'give'> {
  const free: Slot[] = []
  const waiting: ((slot: Slot) => void)[] = []
  let made = 0
  const tryTake = () => free.pop() ?? (made++ < count ? makeSlot() : undefined)
  return {
    tryTake,
    take: async () => tryTake() ?? (await new Promise<Slot>((resolve) => waiting.push(resolve))),
    give: (slot) => {
      const next = waiting.shift()
      if (next) next(slot)
      else free.push(slot)
    },
  }
}

function makeSlot(): Slot {
  const buffer = new SharedArrayBuffer(chunkBytes + slackBytes)
  return { buffer, bytes: new Uint8Array(buffer) }
}
