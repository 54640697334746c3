import { CreateBucketCommand, GetBucketPolicyCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { bucketExists, ensureToolkitBucket, toolkitBucketName } from '../../lib/aws/toolkit/bucket.ts'
import { contractAccount, isLocal, undoLater, uniqueName } from '../contract-account.ts'
import { openS3, removeBucket } from '../fixtures/bucket.ts'
import { localAws } from '../local-aws.ts'

it('makes the bucket of the toolkit once: versioned, and for TLS only', async () => {
  const account = contractAccount()
  const client = openS3(account)
  const { region } = account
  const bucket = toolkitBucketName(uniqueName(), account.account, region)
  expect(await bucketExists(client, bucket)).toBe(false)
  undoLater(async () => await removeBucket(client, bucket))
  await ensureToolkitBucket(client, bucket, region)
  await ensureToolkitBucket(client, bucket, region)
  expect(await bucketExists(client, bucket)).toBe(true)
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))
  expect(Status).toBe('Enabled')
  const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket: bucket }))
  expect(JSON.parse(Policy ?? '{}').Statement[0]).toMatchObject({ Sid: 'TlsOnly', Effect: 'Deny' })
})

// An account is in one partition.
it.runIf(isLocal)('finishes a bucket whose making was cut, in any region', async () => {
  const local = localAws()
  const region = 'us-gov-west-1'
  const client = openS3({ ...local, config: { ...local.config, region } })
  const bucket = toolkitBucketName('ddn', local.account, region)
  const CreateBucketConfiguration = { LocationConstraint: region } as const
  await client.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }))
  await ensureToolkitBucket(client, bucket, region)
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))
  expect(Status).toBe('Enabled')
  const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket: bucket }))
  expect(JSON.parse(Policy ?? '{}').Statement[0].Resource[0]).toBe(`arn:aws-us-gov:s3:::${bucket}`)
})
