import { createHash } from 'node:crypto'

// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms
const pattern = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** Returns whether a text is a digest: `sha256:` and 64 hex digits, or `sha512:` and 128. */
export const isDigest = (text: unknown): text is string => typeof text === 'string' && pattern.test(text)

const algorithmOf = (digest: string) => (digest.startsWith('sha512:') ? 'sha512' : 'sha256')

/** Returns the digest of bytes, as registries write it: `sha256:` and 64 hex digits. */
export const digestOf = (bytes: Uint8Array): string => digestLike('sha256:', bytes)

/** Returns the digest of bytes by the algorithm of another digest, to be compared with it. */
export function digestLike(digest: string, bytes: Uint8Array): string {
  const algorithm = algorithmOf(digest)
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** Hashes and counts what passes, without changing it. */
export class DigestCounter {
  readonly #algorithm: 'sha256' | 'sha512'
  readonly #hash
  readonly #watch
  #sizeBytes = 0
  #digest: string | undefined

  /** Counts by the algorithm of the digest that is expected, SHA-256 where none is given; `watch` gets each chunk, too. */
  constructor(like = '', watch?: { update(chunk: Uint8Array): void }) {
    this.#algorithm = algorithmOf(like)
    this.#hash = createHash(this.#algorithm)
    this.#watch = watch
  }

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
    this.#watch?.update(chunk)
    this.#sizeBytes += chunk.length
  }

  /** Ends the count, and returns digest and size of all that passed; further calls return the same. */
  finish(): { digest: string; sizeBytes: number } {
    this.#digest ??= `${this.#algorithm}:${this.#hash.digest('hex')}`
    return { digest: this.#digest, sizeBytes: this.#sizeBytes }
  }
}
