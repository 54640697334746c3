import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type AwsConfig, makeClient } from '../client.ts'
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { openToolkitBucket } from './bucket.ts'

/** What a deployment keeps in the toolkit's bucket. */
export type ToolkitAssets = {
  bucket: string
  /** Uploads an object where it is missing, and creates the bucket before it. */
  ensure(key: string, bytes: Buffer): Promise<void>
}

/** Creates the adapter to the toolkit's bucket. */
export function makeToolkitAssets(config: AwsConfig, bucket: OwnedBucket): ToolkitAssets {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  const toolkit = openToolkitBucket(client, bucket, config.region)
  return {
    bucket: bucket.Bucket,
    ensure: async (key, bytes) => {
      await toolkit.ensure()
      if (await objectExists(client, bucket, key)) return
      await client.send(new PutObjectCommand({ ...bucket, Key: key, Body: bytes }))
    },
  }
}

async function objectExists(client: S3Client, bucket: OwnedBucket, key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ ...bucket, Key: key }))
    return true
  } catch (error) {
    if (/^(NotFound|NoSuchKey)$/.test(awsErrorName(error))) return false
    throw error
  }
}
