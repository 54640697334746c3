import { createHash, type Hash, randomUUID } from 'node:crypto'

/** A blob; its bytes are kept only where the registry was told to. */
export type StoredBlob = { sizeBytes: number; bytes: Buffer | undefined }

/** What one repository holds. */
export type StoredRepository = {
  blobs: Map<string, StoredBlob>
  manifests: Map<string, { mediaType: string; bytes: Buffer }>
  /** Tag to digest. */
  tags: Map<string, string>
}

/** A running upload. */
export class Session {
  readonly id = randomUUID()
  readonly repository: string
  /** Bytes of each request that has brought some. */
  readonly parts: number[] = []
  readonly #hashes: Hash[] = ['sha256', 'sha512'].map((algorithm) => createHash(algorithm))
  readonly #pieces: Buffer[] = []
  readonly #keep: boolean
  #sizeBytes = 0

  constructor(repository: string, keep: boolean) {
    this.repository = repository
    this.#keep = keep
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(piece: Buffer): void {
    for (const hash of this.#hashes) hash.update(piece)
    this.#sizeBytes += piece.length
    if (this.#keep) this.#pieces.push(piece)
  }

  /** Ends the session's content. */
  finish(): { digests: string[]; blob: StoredBlob } {
    const bytes = this.#keep ? Buffer.concat(this.#pieces) : undefined
    const [sha256, sha512] = this.#hashes.map((hash) => hash.copy().digest('hex'))
    return {
      digests: [`sha256:${sha256}`, `sha512:${sha512}`],
      blob: { sizeBytes: this.#sizeBytes, bytes },
    }
  }
}

/** All that a registry holds. */
export class Store {
  readonly repositories = new Map<string, StoredRepository>()
  readonly sessions = new Map<string, Session>()

  create(name: string): StoredRepository {
    const repository = { blobs: new Map(), manifests: new Map(), tags: new Map() }
    this.repositories.set(name, repository)
    return repository
  }
}
