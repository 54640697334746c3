import { isDigest } from '../../../lib/oci/digest.ts'

/** What a layer became. */
export type StoredBlob = { digest: string; size: number }

/** Whose blob it is: a layer's by its diffID, as an encoder made it, in a repository; a place may hold those of all together. */
export type BlobKey = { repository: string; encoder: string; diffId: string }

/** Where it is kept what layers became. What is read there may be of any making. */
export type BlobStore = {
  /** Where that is, for messages. */
  place: string
  read(key: BlobKey): Promise<StoredBlob | undefined>
  write(key: BlobKey, blob: StoredBlob): Promise<void>
}

/** Returns whether a value from outside is what a layer became. */
export function isStoredBlob(value: unknown): value is StoredBlob {
  const { digest, size } = Object(value)
  return isDigest(digest) && Number.isSafeInteger(size) && size > 0
}
