import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  formatSavedState,
  parseSavedState,
  type SavedState,
  savedStateKey,
} from '../../service/saved-state.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { readObject } from '../s3-body.ts'
import { openToolkitBucket } from './bucket.ts'

/** The saved states of paused services, in the toolkit's bucket. */
export type SavedStates = {
  read(cluster: string, service: string): Promise<SavedState | undefined>
  /** Saves a state unless there is one; returns the one that counts. */
  save(state: SavedState): Promise<SavedState>
  remove(cluster: string, service: string): Promise<void>
}

/** Creates the adapter to the saved states. */
export function makeSavedStates(config: AwsConfig, bucket: OwnedBucket): SavedStates {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  const toolkit = openToolkitBucket(client, bucket, config.region)
  const readState = async (cluster: string, service: string) =>
    await read(client, bucket, savedStateKey(cluster, service))
  return {
    read: async (cluster, service) =>
      (await toolkit.exists()) ? await readState(cluster, service) : undefined,
    save: async (state) => {
      await toolkit.ensure()
      await saveNew(client, bucket, state)
      return (await readState(state.cluster, state.service)) ?? state
    },
    remove: async (cluster, service) => {
      await client.send(new DeleteObjectCommand({ ...bucket, Key: savedStateKey(cluster, service) }))
    },
  }
}

async function read(client: S3Client, bucket: OwnedBucket, key: string): Promise<SavedState | undefined> {
  try {
    const pieces = await Array.fromAsync(readObject(client, { ...bucket, Key: key }))
    return parseSavedState(Buffer.concat(pieces).toString(), `s3://${bucket.Bucket}/${key}`)
  } catch (error) {
    if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error))) return undefined
    throw error
  }
}

// Two pauses at once: the first one's state stands, the second has seen what the first had begun. A state that this
// call has put already, and whose answer was lost, stands too.
async function saveNew(client: S3Client, bucket: OwnedBucket, state: SavedState): Promise<void> {
  const command = new PutObjectCommand({
    ...bucket,
    Key: savedStateKey(state.cluster, state.service),
    Body: formatSavedState(state),
    ContentType: 'application/json',
    IfNoneMatch: '*',
  })
  try {
    await client.send(command)
  } catch (error) {
    if (!/^(PreconditionFailed|ConditionalRequestConflict)$/.test(awsErrorName(error))) throw error
  }
}
