import type { OwnedBucket } from '../owned-bucket.ts'

/** Names the bucket that belongs to the toolkit itself: packed assets, pause states, closed bills. */
export function toolkitBucket(prefix: string, account: string, region: string): OwnedBucket {
  return { Bucket: `${prefix}-toolkit-${account}-${region}`, ExpectedBucketOwner: account }
}
