import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { awsErrorName } from '../errors.ts'

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
  const exists = await bucketExists(client, bucket)
  // The policy comes last: without it, an earlier run was cut on the way.
  if (exists && (await hasPolicy(client, bucket))) return
  if (!exists) await createBucket(client, bucket, region)
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
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: tlsOnlyPolicy(bucket, region) }))
}

async function hasPolicy(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new GetBucketPolicyCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchBucketPolicy') return false
    throw error
  }
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

// China and the regions of the US government have ARNs of their own:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const partitionOf = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

function tlsOnlyPolicy(bucket: string, region: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  })
}
