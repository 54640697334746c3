import type { ToolkitHints } from '../../../lib/aws/toolkit/hints.ts'
import { tryParseJson } from '../../../lib/json.ts'
import { keepSuccess } from '../../../lib/keep-success.ts'
import { type BlobKey, type BlobStore, isStoredBlob, type StoredBlob } from './blob-store.ts'

/** Keeps what layers became in the bucket of a toolkit: an object a layer, so that pushes at one time lose nothing. */
export function makeBlobBucket(prefix: string, open: (prefix: string) => Promise<ToolkitHints>): BlobStore {
  const hints = keepSuccess(async () => await open(prefix))
  return {
    place: `the bucket of the toolkit "${prefix}"`,
    read: async (key) => parse((await (await hints()).read(nameOf(key))) ?? ''),
    write: async (key, { digest, size }) =>
      await (await hints()).write(nameOf(key), JSON.stringify({ digest, size })),
  }
}

const nameOf = ({ repository, encoder, diffId }: BlobKey) =>
  `push/${repository}/${encoder}/${diffId.replace(':', '-')}.json`

function parse(text: string): StoredBlob | undefined {
  const value = tryParseJson(text)
  return isStoredBlob(value) ? value : undefined
}
