import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { savedStateKey } from '../../service/saved-state.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { bucketExists, ensureToolkitBucket } from './bucket.ts'

/** What a deployment keeps in the toolkit's bucket. */
export type ToolkitAssets = {
  bucket: string
  /** Uploads an object where it is missing, and creates the bucket before it. */
  ensure(key: string, bytes: Buffer): Promise<void>
  /** Returns whether a service is paused: its saved state is there. */
  isPaused(cluster: string, service: string): Promise<boolean>
}

/** Makes the adapter to the toolkit's bucket. */
export function makeToolkitAssets(config: AwsConfig, bucket: OwnedBucket): ToolkitAssets {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  let ensured: Promise<void> | undefined
  return {
    bucket: bucket.Bucket,
    ensure: async (key, bytes) => {
      // A failed attempt is not kept: the next asset tries again.
      ensured ??= ensureToolkitBucket(client, bucket, config.region).catch((error: unknown) => {
        ensured = undefined
        throw error
      })
      await ensured
      if (await objectExists(client, bucket, key)) return
      await client.send(new PutObjectCommand({ ...bucket, Key: key, Body: bytes }))
    },
    isPaused: async (cluster, service) =>
      (await bucketExists(client, bucket)) &&
      (await objectExists(client, bucket, savedStateKey(cluster, service))),
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
