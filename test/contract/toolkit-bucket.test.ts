import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { makeClient } from '../../lib/aws/client.ts'
import { bucketExists, ensureToolkitBucket } from '../../lib/aws/toolkit/bucket.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { contractAccount, isLocal, undoLater, uniqueName } from '../contract-account.ts'
import { openS3, removeBucket } from '../fixtures/bucket.ts'
import { localAws } from '../local-aws.ts'

it('makes the bucket of the toolkit once: versioned, and for TLS only', async () => {
  const account = contractAccount()
  const client = openS3(account)
  const { region } = account
  const bucket = toolkitBucket(uniqueName(), account.account, region)
  expect(await bucketExists(client, bucket)).toBe(false)
  undoLater(async () => await removeBucket(client, bucket.Bucket))
  await ensureToolkitBucket(client, bucket, region)
  await ensureToolkitBucket(client, bucket, region)
  expect(await bucketExists(client, bucket)).toBe(true)
  const { Status } = await client.send(new GetBucketVersioningCommand(bucket))
  expect(Status).toBe('Enabled')
  const { Policy } = await client.send(new GetBucketPolicyCommand(bucket))
  expect(JSON.parse(Policy ?? '{}').Statement[0]).toMatchObject({ Sid: 'TlsOnly', Effect: 'Deny' })
})

// An account is in one partition.
it.runIf(isLocal)('finishes a bucket whose making was cut, in any region', async () => {
  const local = localAws()
  const region = 'us-gov-west-1'
  const client = openS3({ ...local, config: { ...local.config, region } })
  const bucket = toolkitBucket('ddn', local.account, region)
  const CreateBucketConfiguration = { LocationConstraint: region } as const
  await client.send(new CreateBucketCommand({ Bucket: bucket.Bucket, CreateBucketConfiguration }))
  await ensureToolkitBucket(client, bucket, region)
  const { Status } = await client.send(new GetBucketVersioningCommand(bucket))
  expect(Status).toBe('Enabled')
  const { Policy } = await client.send(new GetBucketPolicyCommand(bucket))
  expect(JSON.parse(Policy ?? '{}').Statement[0].Resource[0]).toBe(`arn:aws-us-gov:s3:::${bucket.Bucket}`)
})

it.runIf(isLocal)('takes no bucket of that name that another account made', async () => {
  const [owner, stranger] = [localAws(), localAws()]
  const client = makeClient(S3Client, { ...owner.config, forcePathStyle: true })
  const bucket = toolkitBucket('ddn', owner.account, owner.region)
  const CreateBucketConfiguration = { LocationConstraint: 'ap-northeast-2' } as const
  const theirs = openS3(stranger)
  await theirs.send(new CreateBucketCommand({ Bucket: bucket.Bucket, CreateBucketConfiguration }))
  const open = { Effect: 'Allow', Principal: '*', Action: 's3:*' }
  const Resource = [`arn:aws:s3:::${bucket.Bucket}`, `arn:aws:s3:::${bucket.Bucket}/*`]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...open, Resource }] })
  await theirs.send(new PutBucketPolicyCommand({ Bucket: bucket.Bucket, Policy }))
  await expect(ensureToolkitBucket(client, bucket, owner.region)).rejects.toThrow(
    `denied on ${bucket.Bucket}: either the role lacks s3:ListBucket, or the bucket is not of account ${owner.account}`,
  )
})
