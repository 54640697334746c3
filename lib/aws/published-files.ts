import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { UserError } from '../errors.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'
import { readText } from './s3-body.ts'
import { parseLocation } from './s3-objects.ts'

/** Files in a bucket of this account that a user names; a location is `s3://BUCKET/KEY`. */
export type PublishedFiles = {
  /** Reads a file; undefined where there is none. Throws UserError where there is no bucket. */
  read(location: string): Promise<string | undefined>
  /** Writes a file, over an earlier one. */
  write(location: string, text: string, contentType: string): Promise<void>
  /** Lists the locations that begin with a text. */
  list(start: string): Promise<string[]>
  /** Deletes a file; one that is gone is no error. */
  remove(location: string): Promise<void>
}

/** Creates the adapter to published files. */
export function makePublishedFiles(config: AwsConfig, account: () => Promise<string>): PublishedFiles {
  // The bucket may stand in another region.
  const client = makeClient(S3Client, { ...config, forcePathStyle: true, followRegionRedirects: true })
  const place = async (location: string) => {
    const { bucket: Bucket, key: Key } = parseLocation(location)
    return { Bucket, Key, ExpectedBucketOwner: await account() }
  }
  return {
    read: async (location) => {
      const object = await place(location)
      try {
        return await readText(client, object)
      } catch (error) {
        if (awsErrorName(error) !== 'NoSuchBucket') throw error
        throw new UserError(`${location}: no bucket "${object.Bucket}"; create it, or name another`)
      }
    },
    write: async (location, Body, ContentType) => {
      await client.send(new PutObjectCommand({ ...(await place(location)), Body, ContentType }))
    },
    list: async (start) => {
      const { Key: Prefix, ...bucket } = await place(start)
      const objects = await listPages(async (ContinuationToken) => {
        const page = await client.send(new ListObjectsV2Command({ ...bucket, Prefix, ContinuationToken }))
        return { items: page.Contents ?? [], next: page.NextContinuationToken }
      })
      return objects.map(({ Key = '' }) => `s3://${bucket.Bucket}/${Key}`)
    },
    remove: async (location) => {
      await client.send(new DeleteObjectCommand(await place(location)))
    },
  }
}
