import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { type AwsConfig, makeClient } from './client.ts'
import { readPages } from './pages.ts'
import { readObject } from './s3-body.ts'

/** Objects below a prefix, counted. */
type ObjectCount = { objects: number; bytes: number }

/** Reads of objects in S3; a location is `s3://BUCKET/KEY`. */
export type Objects = {
  /** Reads an object piece by piece; continues where an answer broke off. */
  read(location: string): AsyncGenerator<Uint8Array>
  count(bucket: string, prefix: string): Promise<ObjectCount>
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
    count: async (bucket, prefix) => await count(client, bucket, prefix),
  }
}

async function count(client: S3Client, Bucket: string, Prefix: string): Promise<ObjectCount> {
  const sum = { objects: 0, bytes: 0 }
  const pages = readPages(async (ContinuationToken) => {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }))
    return { items: page.Contents ?? [], next: page.NextContinuationToken }
  })
  for await (const objects of pages) {
    sum.objects += objects.length
    for (const { Size } of objects) sum.bytes += Size ?? 0
  }
  return sum
}
