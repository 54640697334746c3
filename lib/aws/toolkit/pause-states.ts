import { S3Client } from '@aws-sdk/client-s3'
import { messageOf } from '../../errors.ts'
import { formatPauseState, parsePauseState } from '../../service/pause-state/format.ts'
import { pauseStateKey } from '../../service/pause-state/state.ts'
import type { FoundState, PauseStates } from '../../service/pause-state/states.ts'
import { type AwsConfig, forCleanUp, makeClient } from '../client.ts'
import { isDenied } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { openToolkitBucket } from './bucket.ts'
import { readTagged, type TaggedText, writeTagged } from './tagged-text.ts'

/** Creates the adapter to the states of services. After a cancel, a lock can still be given back. */
export function makePauseStates(config: AwsConfig, bucket: OwnedBucket): PauseStates {
  const client = makeClient(S3Client, { ...forCleanUp(config), forcePathStyle: true })
  const toolkit = openToolkitBucket(client, bucket, config.region)
  const object = (cluster: string, service: string) => ({ ...bucket, Key: pauseStateKey(cluster, service) })
  return {
    read: async (cluster, service) => {
      const { Bucket, Key } = object(cluster, service)
      const found = await readTagged(client, object(cluster, service)).catch(async (error: unknown) => {
        // A look at the bucket tells whether it is ours: a call that nobody else needs.
        if (isDenied(error)) await toolkit.exists()
        throw error
      })
      return found ? parse(found, { cluster, service, place: `s3://${Bucket}/${Key}` }) : { kind: 'absent' }
    },
    write: async (state, tag) => {
      await toolkit.ensure()
      return await writeTagged(client, object(state.cluster, state.service), formatPauseState(state), tag)
    },
  }
}

function parse(
  { text, tag }: TaggedText,
  place: { cluster: string; service: string; place: string },
): FoundState {
  try {
    return { kind: 'found', state: parsePauseState(text, place), tag }
  } catch (error) {
    return { kind: 'damaged', cause: messageOf(error) }
  }
}
