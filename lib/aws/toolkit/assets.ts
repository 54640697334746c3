import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { savedStateKey } from '../../service/saved-state.ts'
import type { AwsConfig } from '../client.ts'
import { awsErrorName, explainAwsError } from '../errors.ts'
import { bucketExists, ensureToolkitBucket } from './bucket.ts'

/** What a deployment keeps in the toolkit's bucket. */
export type ToolkitAssets = {
  bucket: string
  /** Uploads an object where it is missing, and the bucket before it. */
  ensure(key: string, bytes: Buffer): Promise<void>
  /** Tells whether a service is paused: its saved state is there. */
  isPaused(cluster: string, service: string): Promise<boolean>
}

/** Makes the adapter to the toolkit's bucket. */
export function makeToolkitAssets(config: AwsConfig, bucket: string): ToolkitAssets {
  const client = new S3Client({ ...config, forcePathStyle: true })
  const explain = (action: string) => (error: unknown) => {
    throw explainAwsError(error, action, config.region)
  }
  return {
    bucket,
    ensure: async (key, bytes) => {
      await ensureToolkitBucket(client, bucket, config.region).catch(explain('s3:CreateBucket'))
      if (await objectExists(client, bucket, key).catch(explain('s3:GetObject'))) return
      await client
        .send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }))
        .catch(explain('s3:PutObject'))
    },
    isPaused: async (cluster, service) => {
      if (!(await bucketExists(client, bucket).catch(explain('s3:ListBucket')))) return false
      return await objectExists(client, bucket, savedStateKey(cluster, service)).catch(
        explain('s3:GetObject'),
      )
    },
  }
}

async function objectExists(client: S3Client, bucket: string, key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch (error) {
    if (/^(NotFound|NoSuchKey)$/.test(awsErrorName(error))) return false
    throw error
  }
}
