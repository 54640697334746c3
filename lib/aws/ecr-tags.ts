import { BatchGetImageCommand, ECRClient, type Image, PutImageCommand } from '@aws-sdk/client-ecr'
import { UserError } from '../errors.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** The calls to ECR that move tags among the images of a repository. */
export type ImageTags = {
  /** Returns the digest of the image that has a tag; `undefined` where none has it. */
  resolve(repository: string, tag: string): Promise<string | undefined>
  /** Returns whether an image is in a repository; false also where there is no such repository. */
  exists(repository: string, digest: string): Promise<boolean>
  /** Gives a tag to an image, and takes it from the one that has it. Throws UserError where the image is not there. */
  move(repository: string, tag: string, digest: string): Promise<void>
}

// Without them, ECR answers with a manifest of a type that it chooses.
const acceptedMediaTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
]

/** Makes the adapter to the tags of ECR: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-retag.html */
export function makeImageTags(config: AwsConfig): ImageTags {
  const client = makeClient(ECRClient, config)
  const find = async (repositoryName: string, imageId: { imageTag: string } | { imageDigest: string }) => {
    const command = new BatchGetImageCommand({ repositoryName, imageIds: [imageId], acceptedMediaTypes })
    const { images } = await client.send(command)
    return images?.[0]
  }
  return {
    resolve: async (repository, imageTag) => (await find(repository, { imageTag }))?.imageId?.imageDigest,
    exists: async (repository, imageDigest) => {
      try {
        return (await find(repository, { imageDigest })) !== undefined
      } catch (error) {
        if (awsErrorName(error) === 'RepositoryNotFoundException') return false
        throw error
      }
    },
    move: async (repository, tag, imageDigest) => {
      const image = await find(repository, { imageDigest })
      if (!image) throw new UserError(`repository ${repository}: expected the image ${imageDigest}, got none`)
      await put(client, image, tag)
    },
  }
}

async function put(client: ECRClient, image: Image, imageTag: string): Promise<void> {
  const { repositoryName, imageManifest, imageManifestMediaType, imageId } = image
  const imageDigest = imageId?.imageDigest
  const manifest = { imageManifest, imageManifestMediaType, imageDigest }
  try {
    await client.send(new PutImageCommand({ repositoryName, ...manifest, imageTag }))
  } catch (error) {
    // It has the tag: a call whose answer was lost gave it.
    if (awsErrorName(error) !== 'ImageAlreadyExistsException') throw error
  }
}
