import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { keepSuccess } from '../../keep-success.ts'
import { type AwsConfig, forCleanUp, makeClient } from '../client.ts'
import { isDenied } from '../errors.ts'
import { describeAccount } from '../identity.ts'
import { toolkitBucket } from './bucket-name.ts'
import { readTagged } from './tagged-text.ts'

/** Small texts in the toolkit's bucket that save work where they are found; nobody needs one. */
export type ToolkitHints = {
  /** Reads a text; undefined where it, the bucket, or the permission is missing. */
  read(key: string): Promise<string | undefined>
  /** Writes a text over an earlier one. The bucket is not created for it. */
  write(key: string, text: string): Promise<void>
}

// Nobody waits long for what can be done without.
const limits = { tryMs: 5_000, callMs: 10_000 }
const maxAttempts = 3

/** Creates the adapter to hints in the bucket of the toolkit with this prefix. After a cancel, one can still be written. */
export function makeToolkitHints(config: AwsConfig, prefix: string): ToolkitHints {
  const quick = { ...forCleanUp(config), maxAttempts, limits }
  const client = makeClient(S3Client, { ...quick, forcePathStyle: true })
  const locate = keepSuccess(async () => toolkitBucket(prefix, await describeAccount(quick), config.region))
  return {
    read: async (Key) => {
      const object = { ...(await locate()), Key }
      try {
        return (await readTagged(client, object))?.text
      } catch (error) {
        // Who may not list the bucket gets the same answer for an object that is not there.
        if (isDenied(error)) return undefined
        throw error
      }
    },
    write: async (Key, Body) => {
      const object = { ...(await locate()), Key, Body, ContentType: 'application/json' }
      await client.send(new PutObjectCommand(object))
    },
  }
}
