import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { streamEntry } from '../../lib/archive/archive.ts'
import { readBytes } from '../../lib/archive/byte-source.ts'
import { openObjectSource, parseObjectLocation } from '../../lib/aws/s3-archive-source.ts'
import { readImage } from '../../lib/image/read-image.ts'
import { makeTar } from '../../scripts/example-image/tar.ts'
import { contractAccount, uniqueName } from '../contract-account.ts'
import { makeImageArchive, writeTemporary } from '../fixtures/archive.ts'
import { makeVersionedBucket, openS3 } from '../fixtures/bucket.ts'
import { openForTest } from '../fixtures/open-archive.ts'

const account = contractAccount()
const { config } = account
const client = openS3(account)
let bucket: string

async function put(key: string, body: Uint8Array): Promise<string | undefined> {
  return (await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))).VersionId
}

const open = async (key: string) => await openObjectSource(config, `s3://${bucket}/${key}`)

// Bigger than the windows of headers, so that each part is a range of its own.
const big = (letter: string) => Buffer.alloc(300_000, letter)

beforeAll(async () => {
  bucket = await makeVersionedBucket(account)
})

describe('an object as the source of an archive', () => {
  it('gives the same image as the file', async () => {
    const bytes = makeImageArchive(['one', 'two'])
    await put('a folder/app.tar', bytes)
    const expected = await readImage(await openForTest(writeTemporary(bytes)), undefined)
    expect(await readImage(await openForTest(await open('a folder/app.tar')), undefined)).toEqual(expected)
  })

  it('gives entries of many ranges, also two at a time', async () => {
    const content = Buffer.from(Uint32Array.from({ length: 2_500_000 }, (_, at) => at).buffer)
    await put(
      'many.tar',
      makeTar([
        { name: 'a', content },
        { name: 'b', content },
      ]),
    )
    const archive = await openForTest(await open('many.tar'))
    const read = async (name: string) => Buffer.concat(await Array.fromAsync(streamEntry(archive, name)))
    const [a, b] = await Promise.all([read('a'), read('b')])
    expect([a.equals(content), b.equals(content)]).toEqual([true, true])
  })

  it('is refused where it is replaced while it is read, also by one that is smaller', async () => {
    await put('replaced.tar', big('x'))
    const source = await open('replaced.tar')
    await readBytes(source, 0, 10)
    await put('replaced.tar', big('y'))
    const sentence = `archive: s3://${bucket}/replaced.tar: the object was replaced while it was read; run the push again`
    await expect(readBytes(source, 200_000, 10)).rejects.toThrow(sentence)
    await put('replaced.tar', Buffer.from('small'))
    await expect(readBytes(source, 250_000, 10)).rejects.toThrow(sentence)
    await source.close()
  })

  it('is refused where it is deleted while it is read', async () => {
    await put('deleted.tar', big('x'))
    const source = await open('deleted.tar')
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted.tar' }))
    await expect(readBytes(source, 200_000, 10)).rejects.toThrow('was deleted while it was read')
    await source.close()
  })

  it('is read in the version that is named, whatever came later', async () => {
    const version = await put('versions.tar', big('1'))
    const gone = await put('versions.tar', Buffer.from('2'))
    const source = await open(`versions.tar?versionId=${version}`)
    expect(source.sizeBytes).toBe(300_000)
    expect((await readBytes(source, 200_000, 3)).toString()).toBe('111')
    await source.close()
    const later = { Bucket: bucket, Key: 'versions.tar', VersionId: gone }
    await client.send(new DeleteObjectCommand(later))
    await expect(open(`versions.tar?versionId=${gone}`)).rejects.toThrow(
      `the version "${gone}" of the object does not exist`,
    )
  })

  it('is refused where there is none, and the bucket is named where it is missing', async () => {
    await expect(open('none.tar')).rejects.toThrow(
      `archive: s3://${bucket}/none.tar: the object does not exist`,
    )
    const none = uniqueName()
    await expect(openObjectSource(config, `s3://${none}/app.tar`)).rejects.toThrow(
      `the bucket "${none}" does not exist`,
    )
  })

  it('is refused where it is empty', async () => {
    await put('empty.tar', Buffer.alloc(0))
    await expect(openForTest(await open('empty.tar'))).rejects.toThrow(
      `archive: s3://${bucket}/empty.tar: expected a docker save archive, got an empty file`,
    )
  })
})

it('takes bucket, key and version out of a location', () => {
  expect(parseObjectLocation('s3://b/a/c.tar?versionId=v')).toEqual({
    Bucket: 'b',
    Key: 'a/c.tar',
    VersionId: 'v',
  })
  expect(parseObjectLocation('s3://b/what?.tar')).toEqual({
    Bucket: 'b',
    Key: 'what?.tar',
    VersionId: undefined,
  })
  for (const location of ['s3://b', 's3://b/', 's3://b/folder/', 's3:///key'])
    expect(() => parseObjectLocation(location)).toThrow(
      `archive: expected a location such as s3://bucket/app.tar, got "${location}"`,
    )
})
