import type { EntryReader } from '../archive.ts'
import type { Compression } from '../compression.ts'
import { chunkBytes } from '../deflate/kernel.ts'
import type { CompressedChunk, CompressorPool, Slot } from './compressor-pool.ts'
import { makeFrame } from './frame.ts'

/** Sees the content before it is compressed, chunk by chunk, in order. */
export type ContentObserver = { update(chunk: Uint8Array): void }

/**
 * Compresses what a reader gives, in chunks that the pool's threads work on side by side. The chunks come out in
 * order, so the stream depends on the content and the pool's compression alone.
 */
export async function* compressStream(
  reader: EntryReader,
  compression: Compression,
  pool: CompressorPool,
  content: ContentObserver,
): AsyncGenerator<Uint8Array> {
  const frame = makeFrame(compression)
  if (frame.head.length > 0) yield frame.head
  for await (const chunk of compressChunks(reader, pool, content)) {
    frame.add(chunk.contentBytes, chunk.contentCrc)
    // A copy, so that the slot is free at once: who sends it may keep it for as long as the network takes.
    const packed = Buffer.from(chunk.slot.bytes.subarray(0, chunk.length))
    pool.give(chunk.slot)
    yield packed
  }
  const tail = frame.tail()
  if (tail.length > 0) yield tail
}

async function* compressChunks(
  reader: EntryReader,
  pool: CompressorPool,
  content: ContentObserver,
): AsyncGenerator<CompressedChunk> {
  const pending: Promise<CompressedChunk>[] = []
  try {
    for (;;) {
      const oldest = pending[0]
      // Only who holds no slot may wait for one: otherwise layers could wait for each other for ever.
      const slot = oldest ? (pending.length < pool.depth ? pool.tryTake() : undefined) : await pool.take()
      if (slot) {
        const length = await readChunk(reader, slot, pool)
        if (length === 0) break
        content.update(slot.bytes.subarray(0, length))
        pending.push(watched(pool.compress(slot, length)))
      } else if (oldest) {
        yield await oldest
        pending.shift()
      }
    }
    for (let oldest = pending[0]; oldest; oldest = pending[0]) {
      yield await oldest
      pending.shift()
    }
  } finally {
    for (const chunk of pending)
      void chunk.then(
        ({ slot }) => pool.give(slot),
        () => {},
      )
  }
}

async function readChunk(reader: EntryReader, slot: Slot, pool: CompressorPool): Promise<number> {
  try {
    const length = await reader.read(slot.bytes.subarray(0, chunkBytes))
    if (length === 0) pool.give(slot)
    return length
  } catch (error) {
    pool.give(slot)
    throw error
  }
}

// It is awaited later, behind those before it: until then a failure must not count as unhandled.
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
