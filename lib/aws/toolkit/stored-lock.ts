import { S3Client } from '@aws-sdk/client-s3'
import { keepSuccess } from '../../keep-success.ts'
import type { StoredLock } from '../../service/held-lock.ts'
import { formatLock, longestCallMs, parseLock } from '../../service/lock.ts'
import { type AwsConfig, forCleanUp, makeClient } from '../client.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { openToolkitBucket } from './bucket.ts'
import { readTagged, writeTagged } from './tagged-text.ts'

/** Creates the adapter to a lock in the toolkit's bucket. After a cancel, it can still be given back. */
export function makeStoredLock(
  config: AwsConfig,
  bucket: () => Promise<OwnedBucket>,
  Key: string,
): StoredLock {
  const limits = { tryMs: longestCallMs, callMs: longestCallMs }
  const client = makeClient(S3Client, { ...forCleanUp(config), limits, forcePathStyle: true })
  const open = keepSuccess(async () => {
    const owned = await bucket()
    return { object: { ...owned, Key }, toolkit: openToolkitBucket(client, owned, config.region) }
  })
  return {
    read: async () => {
      const { object } = await open()
      const found = await readTagged(client, object)
      return found && { lock: parseLock(found.text), tag: found.tag }
    },
    write: async (lock, tag) => {
      const { object, toolkit } = await open()
      await toolkit.ensure()
      return await writeTagged(client, object, formatLock(lock), tag)
    },
  }
}
