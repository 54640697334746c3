import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { messageOf } from '../../errors.ts'
import { retry } from '../../retry.ts'
import { formatPauseState, parsePauseState } from '../../service/pause-state/format.ts'
import { type PauseState, pauseStateKey } from '../../service/pause-state/state.ts'
import type { FoundState, PauseStates } from '../../service/pause-state/states.ts'
import { type AwsConfig, forCleanUp, makeClient } from '../client.ts'
import { awsErrorName, isDenied } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { isTransientAwsError } from '../transient-error.ts'
import { openToolkitBucket } from './bucket.ts'

/** Creates the adapter to the states of services. After a cancel, a lock can still be given back. */
export function makePauseStates(config: AwsConfig, bucket: OwnedBucket): PauseStates {
  const client = makeClient(S3Client, { ...forCleanUp(config), forcePathStyle: true })
  const toolkit = openToolkitBucket(client, bucket, config.region)
  const object = (cluster: string, service: string) => ({ ...bucket, Key: pauseStateKey(cluster, service) })
  return {
    read: async (cluster, service) => {
      const found = await readText(client, object(cluster, service)).catch(async (error: unknown) => {
        // A look at the bucket tells whether it is ours: a call that nobody else needs.
        if (isDenied(error)) await toolkit.exists()
        throw error
      })
      return found
        ? parse(found, { cluster, service, place: `s3://${bucket.Bucket}/${found.Key}` })
        : { kind: 'absent' }
    },
    write: async (state, tag) => {
      await toolkit.ensure()
      return await write(client, object(state.cluster, state.service), state, tag)
    },
  }
}

function parse(
  { text, tag }: StoredText,
  place: { cluster: string; service: string; place: string },
): FoundState {
  try {
    return { kind: 'found', state: parsePauseState(text, place), tag }
  } catch (error) {
    return { kind: 'damaged', cause: messageOf(error) }
  }
}

type StoredObject = OwnedBucket & { Key: string }
type StoredText = { Key: string; text: string; tag: string }

// A state has less than one KiB, and a few more for each further group.
const largestBytes = 256 * 1024

async function readText(client: S3Client, object: StoredObject): Promise<StoredText | undefined> {
  const readOnce = async () => {
    const { Body, ETag = '', ContentLength = 0 } = await client.send(new GetObjectCommand(object))
    const isOurs = ContentLength <= largestBytes
    return { Key: object.Key, text: (isOurs ? await Body?.transformToString() : '') ?? '', tag: ETag }
  }
  try {
    // The SDK repeats a request, but not one whose answer breaks off.
    return await retry(readOnce, { attempts: 3, isTransient: isTransientAwsError })
  } catch (error) {
    if (/^(NoSuchKey|NoSuchBucket|NotFound)$/.test(awsErrorName(error))) return undefined
    throw error
  }
}

async function write(
  client: S3Client,
  object: StoredObject,
  state: PauseState,
  tag: string | undefined,
): Promise<string | undefined> {
  const text = formatPauseState(state)
  const condition = tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag }
  const put = new PutObjectCommand({ ...object, Body: text, ContentType: 'application/json', ...condition })
  try {
    return (await client.send(put)).ETag ?? ''
  } catch (error) {
    if (!/^(PreconditionFailed|ConditionalRequestConflict|NoSuchKey)$/.test(awsErrorName(error))) throw error
    // A write whose answer was lost is repeated, and then meets itself.
    const found = await readText(client, object)
    return found?.text === text ? found.tag : undefined
  }
}
