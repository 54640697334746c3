import { decompress } from '../compression/decompress.ts'
import type { Compression } from '../oci/media-type.ts'
import { type ByteSource, readBytes } from './byte-source.ts'
import type { TarCursor } from './tar-index.ts'

const pieceBytes = 256 * 1024

/** Reads what a compressed source unpacks to, from its start on. */
export class SequentialReader implements TarCursor {
  readonly name: string
  readonly #unpacked: AsyncGenerator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #offset = 0

  readonly #signal: AbortSignal | undefined

  constructor(source: ByteSource, compression: Exclude<Compression, 'none'>, signal?: AbortSignal) {
    this.name = source.name
    this.#signal = signal
    this.#unpacked = decompress(streamSource(source), compression, source.name)
  }

  /** Bytes of the unpacked stream that were passed. */
  get offset(): number {
    return this.#offset
  }

  /** Fills a buffer and returns the number of bytes; fewer than its length only at the end. */
  async fill(target: Uint8Array): Promise<number> {
    return await this.#pass(target.length, (piece, at) => target.set(piece, at))
  }

  async take(length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length)
    return buffer.subarray(0, await this.fill(buffer))
  }

  async skip(length: number): Promise<number> {
    return await this.#pass(length, () => {})
  }

  /** Ends the stream; it can be called at any time. */
  async close(): Promise<void> {
    await this.#unpacked.return(undefined)
  }

  async #pass(length: number, use: (piece: Buffer, at: number) => void): Promise<number> {
    let passed = 0
    while (passed < length) {
      if (this.#rest.length === 0) {
        // A few bytes may unpack to very many.
        this.#signal?.throwIfAborted()
        const next = await this.#unpacked.next()
        if (next.done) break
        this.#rest = next.value
      }
      const piece = this.#rest.subarray(0, length - passed)
      this.#rest = this.#rest.subarray(piece.length)
      use(piece, passed)
      passed += piece.length
    }
    this.#offset += passed
    return passed
  }
}

async function* streamSource(source: ByteSource): AsyncGenerator<Buffer> {
  for (let at = 0; at < source.sizeBytes; at += pieceBytes) {
    yield await readBytes(source, at, Math.min(pieceBytes, source.sizeBytes - at), source.sizeBytes)
  }
}
