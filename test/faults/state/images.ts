import { createHash } from 'node:crypto'
import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import type { Account } from '../account.ts'
import { ifThere, normalize, type State } from './state.ts'

/** Reads a repository: its settings, its images with their tags, and whether every blob is whole. */
export async function readImages(account: Account, repositoryName: string): Promise<State> {
  const ecr = new ECRClient(account.config)
  const described = await ifThere(
    ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] })),
  )
  if (!described) return { reached: ['no repository'], effects: [], leftovers: [] }
  const policy = await ifThere(ecr.send(new GetLifecyclePolicyCommand({ repositoryName })))
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }))
  const { imageTagMutability } = described.repositories?.[0] ?? {}
  const tagged = imageDetails.filter(({ imageTags }) => imageTags?.length)
  const images = await Promise.all(
    tagged.map(async ({ imageDigest = '', imageTags = [] }) => {
      const blobs = await readBlobs(account, repositoryName, imageDigest)
      return `image ${imageDigest} as ${imageTags.sort().join(' ')} with ${blobs}`
    }),
  )
  const untagged = imageDetails.filter(({ imageTags }) => !imageTags?.length)
  return {
    reached: normalize(
      [
        `repository ${repositoryName} ${imageTagMutability} lifecycle ${policy?.lifecyclePolicyText ?? 'none'}`,
        ...images,
      ],
      account,
    ),
    effects: [],
    leftovers: untagged.map(({ imageDigest }) => `untagged image ${imageDigest}`),
  }
}

// By the registry's protocol alone: what is read here was not written by the same code.
async function readBlobs({ config, endpoint }: Account, name: string, digest: string): Promise<string> {
  const { authorizationData } = await new ECRClient(config).send(new GetAuthorizationTokenCommand({}))
  const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`
  const read = async (path: string) => {
    const answer = await fetch(`${endpoint}/v2/${name}/${path}`, { headers: { authorization } })
    return Buffer.from(await answer.arrayBuffer())
  }
  const manifest = JSON.parse((await read(`manifests/${digest}`)).toString())
  const digests = [manifest.config, ...manifest.layers].map((blob) => String(blob.digest))
  const contents = await Promise.all(digests.map((blob) => read(`blobs/${blob}`)))
  const isWhole = (at: number, bytes: Buffer) =>
    `sha256:${createHash('sha256').update(bytes).digest('hex')}` === digests[at]
  return `${contents.filter((bytes, at) => isWhole(at, bytes)).length} of ${digests.length} blobs`
}
