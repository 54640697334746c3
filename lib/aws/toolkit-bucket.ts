import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { awsErrorName } from './explain.ts'

/** Names the bucket that belongs to the toolkit itself: packed assets, pause states, closed bills. */
export function toolkitBucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-toolkit-${account}-${region}`
}

/** Tells whether a bucket of ours exists. */
export async function bucketExists(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    if (/^(NotFound|NoSuchBucket)$/.test(awsErrorName(error))) return false
    throw error
  }
}

/** Creates the toolkit's bucket where it is missing: private, encrypted, versioned, TLS only. */
export async function ensureToolkitBucket(client: S3Client, bucket: string, region: string): Promise<void> {
  if (await bucketExists(client, bucket)) return
  await createBucket(client, bucket, region)
  await client.send(
    new PutPublicAccessBlockCommand({
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  )
  await client.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  )
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: tlsOnlyPolicy(bucket) }))
}

async function createBucket(client: S3Client, bucket: string, region: string): Promise<void> {
  // us-east-1 is the one region that refuses to be named as a location.
  const location = region as BucketLocationConstraint
  const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: location } }
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket, ...place }))
  } catch (error) {
    if (awsErrorName(error) !== 'BucketAlreadyOwnedByYou') throw error
  }
}

function tlsOnlyPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  })
}
