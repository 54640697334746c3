import type { OwnedBucket } from '../owned-bucket.ts'

/** Names the bucket in which the toolkit keeps what a run leaves to later ones, such as pause states and closed bills. */
export function toolkitBucket(prefix: string, account: string, region: string): OwnedBucket {
  return { Bucket: `${prefix}-toolkit-${account}-${region}`, ExpectedBucketOwner: account }
}
