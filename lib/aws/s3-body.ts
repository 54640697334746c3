import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { messageOf } from '../errors.ts'
import { isTransientAwsError } from './transient-error.ts'

/** Asks for an object: from a byte on (`bytes=N-`), and only as long as it is the one with this ETag. */
type GetObject = (range: string | undefined, etag: string | undefined) => Promise<GetObjectCommandOutput>

// Tries without a byte of progress between them.
const mostTries = 5

/**
 * Reads an object from its start to its end. The SDK sends a request again, but not one whose answer breaks off while
 * it is read: what is missing is then asked for by a range, of the same object.
 */
export async function* readWhole(get: GetObject, name: string): AsyncGenerator<Uint8Array> {
  let offset = 0
  let etag: string | undefined
  for (let tries = 1; ; tries++) {
    const answer = await get(offset === 0 ? undefined : `bytes=${offset}-`, etag)
    etag = answer.ETag
    const end = offset + (answer.ContentLength ?? Number.NaN)
    try {
      for await (const piece of readBody(answer, name)) {
        offset += piece.length
        tries = 1
        yield piece
      }
      // A connection that ends early may look like the end of the body.
      if (!(offset < end)) return
      if (tries >= mostTries) throw new Error(`${name}: expected ${end} bytes, got ${offset}`)
    } catch (error) {
      if (tries >= mostTries || !isTransientAwsError(error))
        throw new Error(`${name}: offset ${offset}: ${messageOf(error)}`, { cause: error })
    }
  }
}

async function* readBody({ Body }: GetObjectCommandOutput, name: string): AsyncGenerator<Uint8Array> {
  if (!Body || !(Symbol.asyncIterator in Body)) throw new Error(`${name}: expected a body, got none`)
  for await (const piece of Body) yield piece
}
