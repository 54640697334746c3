import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  BatchDeleteImageCommand,
  DeleteRepositoryCommand,
  ECRClient,
  type ImageFailure,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import type { OwnedBucket } from './owned-bucket.ts'

/** Deletes what stacks keep: objects in buckets, images in repositories, log events, and what holds them. */
export type DataDeletion = {
  /** Deletes all objects and versions, again until none is left, and the bucket; one that is gone is no error. */
  deleteBucket(bucket: string, onProgress?: OnProgress): Promise<void>
  /** Deletes all images and the repository; one that is gone is no error. */
  deleteRepository(repository: string, onProgress?: OnProgress): Promise<void>
  /** Deletes a log group with its events; one that is gone is no error. */
  deleteLogGroup(logGroup: string): Promise<void>
}

/** Is told how many objects, versions or images were deleted so far. */
type OnProgress = (deleted: number) => void

/** Creates the adapter that deletes data of an account. */
export function makeDataDeletion(config: AwsConfig, account: string): DataDeletion {
  const s3 = makeClient(S3Client, { ...config, forcePathStyle: true })
  const ecr = makeClient(ECRClient, config)
  const logs = makeClient(CloudWatchLogsClient, config)
  return {
    deleteBucket: async (Bucket, onProgress) =>
      await unlessGone(
        deleteBucket(s3, { Bucket, ExpectedBucketOwner: account }, onProgress),
        /^(NoSuchBucket|NotFound)$/,
      ),
    deleteRepository: async (repository, onProgress) =>
      await unlessGone(deleteRepository(ecr, repository, onProgress), /^RepositoryNotFoundException$/),
    deleteLogGroup: async (logGroupName) =>
      await unlessGone(logs.send(new DeleteLogGroupCommand({ logGroupName })), /^ResourceNotFoundException$/),
  }
}

async function unlessGone(deletion: Promise<unknown>, gone: RegExp): Promise<void> {
  await deletion.catch((error: unknown) => {
    if (!gone.test(awsErrorName(error))) throw error
  })
}

// Writers may put more while it is emptied; one that never stops must not hold the run for ever.
const mostRounds = 100_000
// A listing may still show for a moment what was just deleted.
const mostIdleRounds = 5

/** What a round found, as ids, and why one of them stays. */
type Round = { found: readonly string[]; failure?: string | undefined }

/** Deletes what a look finds until it finds nothing. A round that deletes in part, or rounds without progress, fail. */
async function deleteAll(
  name: string,
  deleteSome: () => Promise<Round>,
  onProgress: OnProgress = () => {},
): Promise<void> {
  let before: readonly string[] = []
  let deleted = 0
  let idleRounds = 0
  for (let round = 0; round < mostRounds; round++) {
    const { found, failure } = await deleteSome()
    if (failure !== undefined) throw new Error(`${name}: not all was deleted: ${failure}`)
    if (found.length === 0) return
    deleted += found.length
    onProgress(deleted)
    idleRounds = hasProgress(before, found) ? 0 : idleRounds + 1
    if (idleRounds >= mostIdleRounds)
      throw new Error(
        `${name}: ${found[0]} is still listed after it was deleted ${idleRounds + 1} times; run again later`,
      )
    before = found
  }
  throw new Error(`${name}: still not empty after ${mostRounds} rounds; stop what writes there`)
}

function hasProgress(before: readonly string[], found: readonly string[]): boolean {
  const asked = new Set(before)
  return found.length < before.length || found.some((id) => !asked.has(id))
}

async function deleteBucket(client: S3Client, bucket: OwnedBucket, onProgress?: OnProgress): Promise<void> {
  const deleteSome = async () => {
    const page = await client.send(new ListObjectVersionsCommand(bucket))
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
    if (found.length === 0) return { found: [] }
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }))
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ ...bucket, Delete: { Objects, Quiet: true } }),
    )
    const [error] = Errors ?? []
    return {
      found: found.map(({ Key, VersionId }) => `${Key} (version ${VersionId})`),
      failure: error && `${error.Key}: ${error.Code}: ${error.Message}`,
    }
  }
  await deleteAll(bucket.Bucket, deleteSome, onProgress)
  await client.send(new DeleteBucketCommand(bucket))
}

async function deleteRepository(
  client: ECRClient,
  repositoryName: string,
  onProgress?: OnProgress,
): Promise<void> {
  const deleteSome = async () => {
    const { imageIds = [] } = await client.send(new ListImagesCommand({ repositoryName, maxResults: 100 }))
    if (imageIds.length === 0) return { found: [] }
    const { failures } = await client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }))
    return {
      found: imageIds.map(({ imageDigest, imageTag }) => `${imageDigest} ${imageTag ?? ''}`.trim()),
      failure: describeRefused(failures ?? [], imageIds.length),
    }
  }
  await deleteAll(repositoryName, deleteSome, onProgress)
  await client.send(new DeleteRepositoryCommand({ repositoryName }))
}

// Members of an index are refused until it is gone, and go in the next round.
function describeRefused(failures: readonly ImageFailure[], asked: number): string | undefined {
  const [failure] = failures.filter(({ failureCode }) => failureCode !== 'ImageNotFound')
  if (!failure || failures.length < asked) return undefined
  return `${failure.imageId?.imageDigest ?? ''}: ${failure.failureCode}: ${failure.failureReason}`
}
