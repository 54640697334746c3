import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  BatchDeleteImageCommand,
  DeleteRepositoryCommand,
  ECRClient,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { AwsConfig } from './client.ts'
import { awsErrorName, explainAwsError } from './errors.ts'

/** Deletes what stacks keep: objects in buckets, images in repositories, log events, and what holds them. */
export type DataDeletion = {
  /** Deletes all objects and versions, again until none is left, and the bucket; one that is gone is no error. */
  deleteBucket(bucket: string): Promise<void>
  /** Deletes all images and the repository; one that is gone is no error. */
  deleteRepository(repository: string): Promise<void>
  /** Deletes a log group with its events; one that is gone is no error. */
  deleteLogGroup(logGroup: string): Promise<void>
}

/** Makes the adapter that deletes data. */
export function makeDataDeletion(config: AwsConfig): DataDeletion {
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const ecr = new ECRClient(config)
  const logs = new CloudWatchLogsClient(config)
  const unlessGone = (action: string, gone: RegExp) => (error: unknown) => {
    if (!gone.test(awsErrorName(error))) throw explainAwsError(error, action, config.region)
  }
  return {
    deleteBucket: async (bucket) => {
      await deleteBucket(s3, bucket).catch(unlessGone('s3:DeleteBucket', /^(NoSuchBucket|NotFound)$/))
    },
    deleteRepository: async (repository) => {
      await deleteRepository(ecr, repository).catch(
        unlessGone('ecr:DeleteRepository', /^RepositoryNotFoundException$/),
      )
    },
    deleteLogGroup: async (logGroupName) => {
      await logs
        .send(new DeleteLogGroupCommand({ logGroupName }))
        .catch(unlessGone('logs:DeleteLogGroup', /^ResourceNotFoundException$/))
    },
  }
}

async function deleteBucket(client: S3Client, bucket: string): Promise<void> {
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }))
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
    if (found.length === 0) break
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }))
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    )
    const [error] = Errors ?? []
    if (error) throw new Error(`s3 DeleteObjects ${bucket}/${error.Key}: ${error.Code}: ${error.Message}`)
  }
  await client.send(new DeleteBucketCommand({ Bucket: bucket }))
}

async function deleteRepository(client: ECRClient, repositoryName: string): Promise<void> {
  for (;;) {
    const { imageIds = [] } = await client.send(new ListImagesCommand({ repositoryName, maxResults: 100 }))
    if (imageIds.length === 0) break
    await client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }))
  }
  await client.send(new DeleteRepositoryCommand({ repositoryName }))
}
