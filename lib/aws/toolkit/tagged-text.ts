import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { retry } from '../../retry.ts'
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { isTransientAwsError } from '../transient-error.ts'

/** An object that every writer replaces only in the version that it has read. */
export type SharedObject = OwnedBucket & { Key: string }

/** The text of an object; `tag` names its version. */
export type TaggedText = { text: string; tag: string }

// What several runs share has less than one KiB, and a few more for each further group of a service.
const largestBytes = 256 * 1024

/** Reads an object; undefined where it, or its bucket, is missing. */
export async function readTagged(client: S3Client, object: SharedObject): Promise<TaggedText | undefined> {
  const readOnce = async () => {
    const { Body, ETag = '', ContentLength = 0 } = await client.send(new GetObjectCommand(object))
    const isOurs = ContentLength <= largestBytes
    return { text: (isOurs ? await Body?.transformToString() : '') ?? '', tag: ETag }
  }
  try {
    // The SDK repeats a request, but not one whose answer breaks off.
    return await retry(readOnce, { attempts: 3, isTransient: isTransientAwsError })
  } catch (error) {
    if (/^(NoSuchKey|NoSuchBucket|NotFound)$/.test(awsErrorName(error))) return undefined
    throw error
  }
}

/** Replaces the version with this tag, or creates the object; returns its tag, undefined where others were faster. */
export async function writeTagged(
  client: S3Client,
  object: SharedObject,
  text: string,
  tag: string | undefined,
): Promise<string | undefined> {
  const condition = tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag }
  const put = new PutObjectCommand({ ...object, Body: text, ContentType: 'application/json', ...condition })
  try {
    return (await client.send(put)).ETag ?? ''
  } catch (error) {
    if (!/^(PreconditionFailed|ConditionalRequestConflict|NoSuchKey)$/.test(awsErrorName(error))) throw error
    // A write whose answer was lost is repeated, and then meets itself.
    const found = await readTagged(client, object)
    return found?.text === text ? found.tag : undefined
  }
}
