/** A bucket of this account: every call names its owner, since its name can be guessed, and taken by somebody else. */
export type OwnedBucket = { Bucket: string; ExpectedBucketOwner: string }
