import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { makeVersionedBucket, openS3 } from '../../fixtures/bucket.ts'

it('gives a range of a version, and refuses one behind its end', async () => {
  const account = contractAccount()
  const client = openS3(account)
  const Bucket = await makeVersionedBucket(account)
  const { VersionId } = await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '0123456789' }))
  await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'later' }))
  const get = async (Range: string) =>
    await client.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId, Range }))
  const part = await get('bytes=2-4')
  expect(await part.Body?.transformToString()).toBe('234')
  expect([part.ContentLength, part.ContentRange]).toEqual([3, 'bytes 2-4/10'])
  expect(await (await get('bytes=8-99')).Body?.transformToString()).toBe('89')
  await expect(get('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' })
})
