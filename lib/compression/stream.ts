import type { Compression } from '../oci/media-type.ts'
import { chunkBytes } from './deflate/kernel.ts'
import { makeFrame } from './frame.ts'
import type { CompressedChunk, CompressorPool, Slot } from './pool.ts'

/** What is compressed: fills the target as far as there are bytes, and returns how many; 0 at the end. */
type ByteReader = { read(target: Uint8Array): Promise<number> }

/** Sees the content before it is compressed, chunk by chunk, in order. */
export type ContentObserver = { update(chunk: Uint8Array): void }

/**
 * Compresses what a reader returns, in chunks that the pool's threads work on in parallel. The chunks come out in
 * order, so the stream depends on the content and the pool's compression alone. A piece is valid until the next one
 * is asked for.
 */
export async function* compressStream(
  reader: ByteReader,
  compression: Compression,
  pool: CompressorPool,
  content: ContentObserver,
): AsyncGenerator<Uint8Array> {
  const frame = makeFrame(compression)
  if (frame.head.length > 0) yield frame.head
  for await (const chunk of compressChunks(reader, pool, content)) {
    frame.add(chunk.contentBytes, chunk.contentCrc)
    yield chunk.slot.bytes.subarray(0, chunk.length)
  }
  const tail = frame.tail()
  if (tail.length > 0) yield tail
}

async function* compressChunks(
  reader: ByteReader,
  pool: CompressorPool,
  content: ContentObserver,
): AsyncGenerator<CompressedChunk> {
  const pending: Promise<CompressedChunk>[] = []
  try {
    for (let ended = false; !ended || pending.length > 0; ) {
      const oldest = pending[0]
      const slot = ended || pending.length === pool.depth ? undefined : await takeSlot(pool, oldest)
      if (slot) {
        const length = await readChunk(reader, slot, pool)
        if (length === 0) ended = true
        else {
          content.update(slot.bytes.subarray(0, length))
          pending.push(watched(pool.compress(slot, length)))
        }
      } else if (oldest) {
        const chunk = await oldest
        yield chunk
        pending.shift()
        pool.give(chunk.slot)
      }
    }
  } finally {
    for (const chunk of pending)
      void chunk.then(
        ({ slot }) => pool.give(slot),
        () => {},
      )
  }
}

// Only who holds no slot may wait for one: otherwise layers could wait for each other for ever.
async function takeSlot(pool: CompressorPool, held: unknown): Promise<Slot | undefined> {
  return held === undefined ? await pool.take() : pool.tryTake()
}

async function readChunk(reader: ByteReader, slot: Slot, pool: CompressorPool): Promise<number> {
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
