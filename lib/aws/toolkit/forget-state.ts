import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { pauseStateKey } from '../../service/pause-state/state.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { bucketExists } from './bucket.ts'

/** Makes the call that removes the state of a service that is gone; its versions stay. */
export function makeForgetState(
  config: AwsConfig,
  bucket: OwnedBucket,
): (cluster: string, service: string) => Promise<void> {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  return async (cluster, service) => {
    if (!(await bucketExists(client, bucket))) return
    await client.send(new DeleteObjectCommand({ ...bucket, Key: pauseStateKey(cluster, service) }))
  }
}
