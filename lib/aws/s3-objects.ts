import { Readable } from 'node:stream'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { AwsConfig } from './client.ts'
import { explainAwsError } from './errors.ts'

/** Objects below a prefix, counted. */
type ObjectCount = { objects: number; bytes: number }

/** Reads of objects in S3; a location is `s3://BUCKET/KEY`. */
export type Objects = {
  read(location: string): Promise<Readable>
  count(bucket: string, prefix: string): Promise<ObjectCount>
}

/** Splits `s3://BUCKET/KEY`. */
export function parseLocation(location: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(location) ?? []
  if (!bucket) throw new Error(`expected a location such as s3://bucket/key, got "${location}"`)
  return { bucket, key: key ?? '' }
}

/** Makes the adapter to objects in S3. */
export function makeObjects(config: AwsConfig): Objects {
  const client = new S3Client({ ...config, forcePathStyle: true })
  return {
    read: async (location) => {
      const { bucket, key } = parseLocation(location)
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        if (!(Body instanceof Readable)) throw new Error(`${location}: expected a body, got none`)
        return Body
      } catch (error) {
        throw explainAwsError(error, 's3:GetObject', config.region)
      }
    },
    count: async (bucket, prefix) => {
      try {
        return await count(client, bucket, prefix)
      } catch (error) {
        throw explainAwsError(error, 's3:ListBucket', config.region)
      }
    },
  }
}

async function count(client: S3Client, Bucket: string, Prefix: string): Promise<ObjectCount> {
  const sum = { objects: 0, bytes: 0 }
  let ContinuationToken: string | undefined
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }))
    for (const { Size } of page.Contents ?? []) {
      sum.objects += 1
      sum.bytes += Size ?? 0
    }
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  return sum
}
