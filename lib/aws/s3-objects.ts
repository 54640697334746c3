import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { readPages } from './pages.ts'
import { readObject } from './s3-body.ts'

/** An object as a listing shows it; `modified` is in epoch milliseconds. */
export type StoredObject = { key: string; size: number; etag: string; modified: number }

/** Which keys are listed: those that begin with the prefix, follow `after`, and stand before `before`, by their bytes. */
type KeyRange = { prefix: string; after?: string; before?: string }

/** Objects in S3; a location is `s3://BUCKET/KEY`. */
export type Objects = {
  /** Reads an object piece by piece; continues where an answer broke off. */
  read(location: string): AsyncGenerator<Uint8Array>
  /** Lists objects by the bytes of their keys, page by page. */
  list(bucket: string, range: KeyRange): AsyncGenerator<StoredObject>
  write(location: string, body: string): Promise<void>
  /** Deletes objects; one that is gone is no error. */
  remove(bucket: string, keys: readonly string[]): Promise<void>
}

/** Splits `s3://BUCKET/KEY`. */
export function parseLocation(location: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(location) ?? []
  if (!bucket) throw new Error(`expected a location such as s3://bucket/key, got "${location}"`)
  return { bucket, key: key ?? '' }
}

/** Creates the adapter to objects in S3. */
export function makeObjects(config: AwsConfig): Objects {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  return {
    read: (location) => {
      const { bucket: Bucket, key: Key } = parseLocation(location)
      return readObject(client, { Bucket, Key })
    },
    list: (bucket, range) => list(client, bucket, range),
    write: async (location, Body) => {
      const { bucket: Bucket, key: Key } = parseLocation(location)
      await client.send(new PutObjectCommand({ Bucket, Key, Body }))
    },
    remove: async (bucket, keys) => await remove(client, bucket, keys),
  }
}

async function* list(
  client: S3Client,
  Bucket: string,
  { prefix: Prefix, after: StartAfter, before }: KeyRange,
): AsyncGenerator<StoredObject> {
  const pages = readPages(async (ContinuationToken) => {
    const command = new ListObjectsV2Command({ Bucket, Prefix, StartAfter, ContinuationToken })
    const page = await client.send(command)
    return { items: page.Contents ?? [], next: page.NextContinuationToken }
  })
  for await (const objects of pages) {
    for (const { Key = '', Size = 0, ETag = '', LastModified } of objects) {
      if (before !== undefined && Buffer.compare(Buffer.from(Key), Buffer.from(before)) >= 0) return
      yield { key: Key, size: Size, etag: ETag, modified: LastModified?.getTime() ?? 0 }
    }
  }
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
const mostKeys = 1000

async function remove(client: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  await inBatches(keys, mostKeys, async (batch) => {
    const Delete = { Objects: batch.map((Key) => ({ Key })), Quiet: true }
    const { Errors: [error] = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }))
    if (error) throw new Error(`s3://${Bucket}/${error.Key}: not deleted: ${error.Code}: ${error.Message}`)
    return []
  })
}
