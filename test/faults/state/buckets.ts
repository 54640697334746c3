import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Account } from '../account.ts'
import { ifThere, normalize, type State } from './state.ts'

/** Reads all buckets: settings and keys. */
export async function readBuckets(account: Account): Promise<State> {
  const client = new S3Client({ ...account.config, forcePathStyle: true })
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
  const lines = await Promise.all(Buckets.map(({ Name = '' }) => readBucket(client, Name)))
  return { reached: normalize(lines.flat(), account), effects: [], leftovers: [] }
}

async function readBucket(client: S3Client, Bucket: string): Promise<string[]> {
  const policy = await ifThere(client.send(new GetBucketPolicyCommand({ Bucket })))
  const encryption = await ifThere(client.send(new GetBucketEncryptionCommand({ Bucket })))
  const block = await ifThere(client.send(new GetPublicAccessBlockCommand({ Bucket })))
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }))
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
  return [
    `bucket ${Bucket} versioning ${Status ?? 'off'}`,
    `bucket ${Bucket} policy ${policy?.Policy ?? 'none'}`,
    `bucket ${Bucket} encryption ${JSON.stringify(encryption?.ServerSideEncryptionConfiguration?.Rules ?? 'none')}`,
    `bucket ${Bucket} public access ${JSON.stringify(block?.PublicAccessBlockConfiguration ?? 'none')}`,
    ...Contents.map(({ Key }) => `object ${Bucket}/${Key}`),
  ]
}
