import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  formatSavedState,
  parseSavedState,
  type SavedState,
  savedStateKey,
} from '../../service/saved-state.ts'
import type { AwsConfig } from '../client.ts'
import { awsErrorName, explainAwsError } from '../errors.ts'
import { bucketExists, ensureToolkitBucket } from './bucket.ts'

/** The saved states of paused services, in the toolkit's bucket. */
export type SavedStates = {
  read(cluster: string, service: string): Promise<SavedState | undefined>
  /** Saves a state unless there is one; returns the one that counts. */
  save(state: SavedState): Promise<SavedState>
  remove(cluster: string, service: string): Promise<void>
}

/** Makes the adapter to the saved states. */
export function makeSavedStates(config: AwsConfig, bucket: string): SavedStates {
  const client = new S3Client({ ...config, forcePathStyle: true })
  const explain = (action: string) => (error: unknown) => {
    throw explainAwsError(error, action, config.region)
  }
  const readState = async (cluster: string, service: string) =>
    await read(client, bucket, savedStateKey(cluster, service)).catch(explain('s3:GetObject'))
  return {
    read: async (cluster, service) =>
      (await bucketExists(client, bucket).catch(explain('s3:ListBucket')))
        ? await readState(cluster, service)
        : undefined,
    save: async (state) => {
      await ensureToolkitBucket(client, bucket, config.region).catch(explain('s3:CreateBucket'))
      await saveNew(client, bucket, state).catch(explain('s3:PutObject'))
      return (await readState(state.cluster, state.service)) ?? state
    },
    remove: async (cluster, service) => {
      const Key = savedStateKey(cluster, service)
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key })).catch(explain('s3:DeleteObject'))
    },
  }
}

async function read(client: S3Client, bucket: string, key: string): Promise<SavedState | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    return parseSavedState((await Body?.transformToString()) ?? '', `s3://${bucket}/${key}`)
  } catch (error) {
    if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error))) return undefined
    throw error
  }
}

// Two pauses at once: the first one's state stands, the second has seen what the first had begun.
async function saveNew(client: S3Client, bucket: string, state: SavedState): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: bucket,
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
