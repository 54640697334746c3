import { createHash } from 'node:crypto'

/** Gives the digest of bytes, as registries write it: `sha256:` and 64 hex digits. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Hashes and counts what passes, without changing it. */
export class DigestCounter {
  readonly #hash = createHash('sha256')
  #sizeBytes = 0
  #digest: string | undefined

  /** Passes each chunk on after it is counted. */
  async *pass(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.update(chunk)
      yield chunk
    }
  }

  /** Counts a chunk. */
  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.#sizeBytes += chunk.length
  }

  /** Ends the count, and tells digest and size of all that passed; further calls tell the same. */
  finish(): { digest: string; sizeBytes: number } {
    this.#digest ??= `sha256:${this.#hash.digest('hex')}`
    return { digest: this.#digest, sizeBytes: this.#sizeBytes }
  }
}
