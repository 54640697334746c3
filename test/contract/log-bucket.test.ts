import { PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { makeDescribeLogBucket } from '../../lib/aws/log-bucket.ts'
import { contractAccount, uniqueName } from '../contract-account.ts'
import { makeBucket, openS3 } from '../fixtures/bucket.ts'

it('describes a bucket of the account by its region and policy, also from another region', async () => {
  const account = contractAccount()
  const { region, config } = account
  const [here, elsewhere] = [region, 'us-east-1'].map((each) =>
    makeDescribeLogBucket({ ...config, region: each }, account.account),
  )
  expect(await here?.(uniqueName())).toBe('missing')
  const Bucket = await makeBucket(account)
  expect(await here?.(Bucket)).toEqual({ region, policy: '' })
  expect(await elsewhere?.(Bucket)).toMatchObject({ region })
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket', Resource: `arn:aws:s3:::${Bucket}` },
    ],
  })
  await openS3(account).send(new PutBucketPolicyCommand({ Bucket, Policy }))
  expect(await here?.(Bucket)).toEqual({ region, policy: expect.stringContaining('s3:DeleteBucket') })
})
