import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { type AwsConfig, makeClient } from '../client.ts'
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { listPages } from '../pages.ts'

/** Lists the names of objects in the toolkit's bucket. */
export type ObjectNames = { list(prefix: string): Promise<string[]> }

/** Creates the adapter that lists objects; a bucket that is not there has none. */
export function makeObjectNames(config: AwsConfig, bucket: OwnedBucket): ObjectNames {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  return { list: async (prefix) => await listNames(client, bucket, prefix) }
}

/** Lists the names of objects below a prefix, of those after `after`; none where the bucket is not there. */
export async function listNames(
  client: S3Client,
  bucket: OwnedBucket,
  Prefix: string,
  after?: string,
): Promise<string[]> {
  const StartAfter = after === undefined ? undefined : Prefix + after
  try {
    const objects = await listPages(async (ContinuationToken) => {
      const input = { ...bucket, Prefix, StartAfter, ContinuationToken }
      const page = await client.send(new ListObjectsV2Command(input))
      return { items: page.Contents ?? [], next: page.NextContinuationToken }
    })
    return objects.flatMap(({ Key }) => Key ?? [])
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchBucket') return []
    throw error
  }
}
