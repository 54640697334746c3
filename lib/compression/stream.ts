import type { Compression } from '../oci/media-type.ts'
import { chunkBytes } from './deflate/kernel.ts'
import { makeFrame } from './frame.ts'
import type { CompressedChunk, CompressorPool, Slot } from './pool.ts'
import { freeTurn, type Turn } from './turns.ts'

/** What is compressed: fills the target as far as there are bytes, and returns how many; 0 at the end. */
type ByteReader = { read(target: Uint8Array): Promise<number> }

/** Sees the content before it is compressed, piece by piece, in order. */
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
  takeTurn: () => Promise<Turn> = async () => freeTurn,
): AsyncGenerator<Uint8Array> {
  const turn = await takeTurn()
  try {
    const frame = makeFrame(compression)
    let { head } = frame
    for await (const chunk of compressChunks(reader, pool, [content, frame], turn)) {
      if (head.length > 0) yield head
      head = nothing
      yield chunk.slot.bytes.subarray(0, chunk.length)
    }
    if (head.length > 0) yield head
    const tail = frame.tail()
    if (tail.length > 0) yield tail
  } finally {
    turn.end()
  }
}

const nothing = new Uint8Array()

/** A chunk on its way through the threads. */
type PendingChunk = { slot: Slot; chunk: Promise<CompressedChunk>; isReady: boolean }

async function* compressChunks(
  reader: ByteReader,
  pool: CompressorPool,
  observers: readonly ContentObserver[],
  turn: Turn,
): AsyncGenerator<CompressedChunk> {
  const pending: PendingChunk[] = []
  try {
    for (let ended = false; !ended || pending.length > 0; ) {
      if (ended && pending.length <= 1) turn.passOn()
      const oldest = pending[0]
      const slot = ended || pending.length === pool.depth ? undefined : await takeSlot(pool, oldest)
      if (slot) {
        const length = await readChunk(reader, slot, pool)
        if (length === 0) ended = true
        else {
          show(slot.bytes.subarray(0, length), observers)
          pending.push(watch(slot, pool.compress(slot, length)))
        }
      } else if (oldest) {
        const { isReady } = oldest
        const chunk = await oldest.chunk
        await turn.startSending()
        turn.count(isReady, chunk.length)
        yield chunk
        pending.shift()
        pool.give(chunk.slot)
      }
    }
  } finally {
    for (const { slot, chunk } of pending) {
      const giveBack = () => pool.give(slot)
      void chunk.then(giveBack, giveBack)
    }
  }
}

// As much as stays in the cache of a core: what is seen twice is fetched once.
const shownBytes = 256 * 1024

function show(chunk: Uint8Array, observers: readonly ContentObserver[]): void {
  for (let at = 0; at < chunk.length; at += shownBytes)
    for (const observer of observers) observer.update(chunk.subarray(at, at + shownBytes))
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
function watch(slot: Slot, chunk: Promise<CompressedChunk>): PendingChunk {
  const pending = { slot, chunk, isReady: false }
  const settle = () => {
    pending.isReady = true
  }
  chunk.then(settle, settle)
  return pending
}
