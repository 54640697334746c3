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
import { UserError } from '../../errors.ts'
import { keepSuccess } from '../../keep-success.ts'
import { partitionOf } from '../../partition.ts'
import { awsErrorName, awsErrorStatus } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'

/** The toolkit's bucket in one run: S3 is asked once for what all services of the run need to know. */
export type ToolkitBucket = {
  /** Returns whether the bucket exists. Throws UserError when the bucket of that name is not ours. */
  exists(): Promise<boolean>
  /** Creates the bucket unless it exists. */
  ensure(): Promise<void>
}

/** Opens the toolkit's bucket for one run. */
export function openToolkitBucket(client: S3Client, bucket: OwnedBucket, region: string): ToolkitBucket {
  let isEnsured = false
  const exists = keepSuccess(() => bucketExists(client, bucket))
  const ensure = keepSuccess(async () => {
    await ensureToolkitBucket(client, bucket, region)
    isEnsured = true
  })
  return { exists: async () => isEnsured || (await exists()), ensure }
}

/** Returns whether the toolkit's bucket exists. Throws UserError where the bucket of that name is not ours. */
export async function bucketExists(client: S3Client, bucket: OwnedBucket): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand(bucket))
    return true
  } catch (error) {
    if (/^(NotFound|NoSuchBucket)$/.test(awsErrorName(error))) return false
    // S3 tells strangers no more than this.
    if (awsErrorStatus(error) === 403) throw notOurs(bucket)
    throw error
  }
}

const notOurs = ({ Bucket, ExpectedBucketOwner: owner }: OwnedBucket) =>
  new UserError(
    `s3:ListBucket: denied on ${Bucket}: either the role lacks s3:ListBucket, or the bucket is not of account ${owner}; give the permission (see docs/permissions.md), or choose another prefix`,
  )

/** Creates the toolkit's bucket where it is missing: private, encrypted, versioned, TLS only. */
export async function ensureToolkitBucket(
  client: S3Client,
  bucket: OwnedBucket,
  region: string,
): Promise<void> {
  const exists = await bucketExists(client, bucket)
  // The policy comes last: without it, an earlier run was interrupted on the way.
  if (exists && (await hasPolicy(client, bucket))) return
  if (!exists) await createBucket(client, bucket, region)
  await client.send(
    new PutPublicAccessBlockCommand({
      ...bucket,
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
      ...bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  )
  await client.send(
    new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  await client.send(new PutBucketPolicyCommand({ ...bucket, Policy: tlsOnlyPolicy(bucket.Bucket, region) }))
}

async function hasPolicy(client: S3Client, bucket: OwnedBucket): Promise<boolean> {
  try {
    await client.send(new GetBucketPolicyCommand(bucket))
    return true
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchBucketPolicy') return false
    throw error
  }
}

async function createBucket(client: S3Client, bucket: OwnedBucket, region: string): Promise<void> {
  // us-east-1 is the one region that refuses to be named as a location.
  const location = region as BucketLocationConstraint
  const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: location } }
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket.Bucket, ...place }))
  } catch (error) {
    if (awsErrorName(error) === 'BucketAlreadyExists') throw notOurs(bucket)
    if (awsErrorName(error) !== 'BucketAlreadyOwnedByYou') throw error
  }
}

function tlsOnlyPolicy(bucket: string, region: string): string {
  const arn = `arn:${partitionOf(region).name}:s3:::${bucket}`
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
