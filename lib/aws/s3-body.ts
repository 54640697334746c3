import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3'
import { messageOf } from '../errors.ts'
import { type RetryPolicy, retry, startAttempts } from '../retry.ts'
import { awsErrorName } from './errors.ts'
import { isTransientAwsError } from './transient-error.ts'

/** The body of an answer ended early; a new request can succeed. */
class BrokenBodyError extends Error {}

// The SDK repeats a request that fails, but not one whose answer breaks off while it is read. With readObject, these
// are attempts without a byte of progress.
const policy: RetryPolicy = { attempts: 5, isTransient: (error) => error instanceof BrokenBodyError }

/** Reads an object from start to end; requests the rest of the same object when an answer breaks off. */
export async function* readObject(
  client: S3Client,
  object: { Bucket: string; Key: string; ExpectedBucketOwner?: string },
): AsyncGenerator<Uint8Array> {
  const name = `s3://${object.Bucket}/${object.Key}`
  const attempts = startAttempts(policy)
  let offset = 0
  let etag: string | undefined
  for (;;) {
    const Range = offset === 0 ? undefined : `bytes=${offset}-`
    const answer = await client.send(new GetObjectCommand({ ...object, Range, IfMatch: etag }))
    etag = answer.ETag
    const end = offset + (answer.ContentLength ?? Number.NaN)
    try {
      for await (const piece of readBody(answer, name)) {
        offset += piece.length
        attempts.reset()
        yield piece
      }
      // A connection that ends early may look like the end of the body.
      if (!(offset < end)) return
      throw new BrokenBodyError(`expected ${end} bytes, got ${offset}`)
    } catch (error) {
      await attempts.pauseAfter(explainBroken(error, `${name}: offset ${offset}`))
    }
  }
}

/** Reads an object as text; undefined where there is none. */
export async function readText(
  client: S3Client,
  object: { Bucket: string; Key: string; ExpectedBucketOwner?: string },
): Promise<string | undefined> {
  try {
    return Buffer.concat(await Array.fromAsync(readObject(client, object))).toString()
  } catch (error) {
    if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error))) return undefined
    throw error
  }
}

/** Reads a range of an object, of exactly this length; repeats the request when its answer breaks off. */
export async function readRange(
  get: () => Promise<GetObjectCommandOutput>,
  { name, start, length }: { name: string; start: number; length: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const readOnce = async () => {
    const { Body } = await get()
    if (!Body) throw new Error(`${name}: expected a body, got none`)
    try {
      const bytes = await Body.transformToByteArray()
      if (bytes.length === length) return bytes
      throw new BrokenBodyError(`expected ${length} bytes, got ${bytes.length}`)
    } catch (error) {
      throw explainBroken(error, `${name}: offset ${start}`)
    }
  }
  return await retry(readOnce, { ...policy, signal })
}

function explainBroken(error: unknown, where: string): Error {
  const sentence = `${where}: ${messageOf(error)}`
  if (error instanceof BrokenBodyError || isTransientAwsError(error))
    return new BrokenBodyError(sentence, { cause: error })
  return new Error(sentence, { cause: error })
}

async function* readBody({ Body }: GetObjectCommandOutput, name: string): AsyncGenerator<Uint8Array> {
  if (!Body || !(Symbol.asyncIterator in Body)) throw new Error(`${name}: expected a body, got none`)
  for await (const piece of Body) yield piece
}
