import { GetBucketPolicyCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { type AwsConfig, makeClient } from './client.ts'
import { AwsError, awsErrorName } from './errors.ts'
import type { OwnedBucket } from './owned-bucket.ts'

/** A bucket for logs: its region, '' where that is not told, and its policy as text, '' where it has none, or is elsewhere. */
export type LogBucket = { region: string; policy: string }

/** Makes the calls that describe a bucket of the account, in any region. */
export function makeDescribeLogBucket(
  config: AwsConfig,
  account: string,
): (name: string) => Promise<LogBucket | 'missing'> {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  return async (name) => {
    const bucket = { Bucket: name, ExpectedBucketOwner: account }
    try {
      const { BucketRegion = '' } = await client.send(new HeadBucketCommand(bucket))
      return { region: BucketRegion, policy: await readPolicy(client, bucket) }
    } catch (error) {
      if (/^(NotFound|NoSuchBucket)$/.test(awsErrorName(error))) return 'missing'
      const region = findRegion(error)
      if (region === undefined) throw error
      return { region, policy: '' }
    }
  }
}

async function readPolicy(client: S3Client, bucket: OwnedBucket): Promise<string> {
  try {
    return (await client.send(new GetBucketPolicyCommand(bucket))).Policy ?? ''
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchBucketPolicy') return ''
    throw error
  }
}

// S3 sends a caller to the region of the bucket.
function findRegion(error: unknown): string | undefined {
  if (!(error instanceof AwsError) || error.status !== 301) return undefined
  return Object(Object(error.cause).$response).headers?.['x-amz-bucket-region']
}
