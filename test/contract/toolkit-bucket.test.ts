import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { bucketExists, ensureToolkitBucket, toolkitBucketName } from '../../lib/aws/toolkit-bucket.ts'
import { localAws } from '../local-aws.ts'

it('makes the bucket of the toolkit once: versioned, and for TLS only', async () => {
  const { account, region, config } = localAws()
  const client = new S3Client({ ...config, forcePathStyle: true })
  const bucket = toolkitBucketName('ddn', account, region)
  expect(await bucketExists(client, bucket)).toBe(false)
  await ensureToolkitBucket(client, bucket, region)
  await ensureToolkitBucket(client, bucket, region)
  expect(await bucketExists(client, bucket)).toBe(true)
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))
  expect(Status).toBe('Enabled')
  const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket: bucket }))
  expect(JSON.parse(Policy ?? '{}').Statement[0]).toMatchObject({ Sid: 'TlsOnly', Effect: 'Deny' })
})

it('finishes a bucket whose making was cut, in any region', async () => {
  const { account, config } = localAws()
  const region = 'us-gov-west-1'
  const client = new S3Client({ ...config, region, forcePathStyle: true })
  const bucket = toolkitBucketName('ddn', account, region)
  const CreateBucketConfiguration = { LocationConstraint: region } as const
  await client.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }))
  await ensureToolkitBucket(client, bucket, region)
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))
  expect(Status).toBe('Enabled')
  const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket: bucket }))
  expect(JSON.parse(Policy ?? '{}').Statement[0].Resource[0]).toBe(`arn:aws-us-gov:s3:::${bucket}`)
})
