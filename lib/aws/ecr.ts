import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  type Repository,
} from '@aws-sdk/client-ecr'
import { UserError } from '../errors.ts'
import type { AwsConfig } from './config.ts'
import { awsErrorName, explainAwsError } from './explain.ts'

/** A repository of ECR: its URI without a tag, and whether its tags are immutable. */
export type EcrRepository = { name: string; uri: string; immutableTags: boolean }

/** The calls to ECR that a push needs. */
export type Ecr = {
  /** Describes a repository; `undefined` where there is none. */
  describe(name: string): Promise<EcrRepository | undefined>
  create(name: string): Promise<EcrRepository>
  /** Digests of the newest images, newest first; at most `count`. */
  listNewest(name: string, count: number): Promise<string[]>
  authorize(): Promise<EcrAuthorization>
}

/**
 * The registry's origin, the value of the Authorization header (a secret), and when it ends, in milliseconds
 * since the epoch: 12 hours later, or when the role's credentials end.
 */
export type EcrAuthorization = { origin: string; authorization: string; expiresAt: number | undefined }

/** Makes the adapter to ECR. */
export function makeEcr(config: AwsConfig): Ecr {
  const client = new ECRClient(config)
  const explain = (action: string) => (error: unknown) => {
    throw explainAwsError(error, action, config.region)
  }
  return {
    describe: async (name) => await describe(client, name).catch(explain('ecr:DescribeRepositories')),
    create: async (name) => await create(client, name).catch(explain('ecr:CreateRepository')),
    listNewest: async (name, count) =>
      await listNewest(client, name, count).catch(explain('ecr:DescribeImages')),
    authorize: async () => await authorize(client).catch(explain('ecr:GetAuthorizationToken')),
  }
}

async function describe(client: ECRClient, name: string): Promise<EcrRepository | undefined> {
  try {
    const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }))
    return toRepository(repositories?.[0])
  } catch (error) {
    if (awsErrorName(error) === 'RepositoryNotFoundException') return undefined
    if (awsErrorName(error) === 'InvalidParameterException') {
      throw new UserError(`repository: expected a name such as team/app in lower case, got "${name}"`)
    }
    throw error
  }
}

async function create(client: ECRClient, name: string): Promise<EcrRepository> {
  const { repository } = await client.send(new CreateRepositoryCommand({ repositoryName: name }))
  const created = toRepository(repository)
  if (!created) throw new Error(`ecr CreateRepository: expected a repository "${name}", got none`)
  return created
}

function toRepository(repository: Repository | undefined): EcrRepository | undefined {
  const { repositoryName: name, repositoryUri: uri, imageTagMutability } = repository ?? {}
  return name && uri ? { name, uri, immutableTags: imageTagMutability === 'IMMUTABLE' } : undefined
}

async function listNewest(client: ECRClient, name: string, count: number): Promise<string[]> {
  const images: { digest: string; pushed: number }[] = []
  let nextToken: string | undefined
  do {
    const page = await client.send(new DescribeImagesCommand({ repositoryName: name, nextToken }))
    for (const { imageDigest, imagePushedAt } of page.imageDetails ?? []) {
      if (imageDigest) images.push({ digest: imageDigest, pushed: imagePushedAt?.getTime() ?? 0 })
    }
    nextToken = page.nextToken
  } while (nextToken)
  return images
    .sort((a, b) => b.pushed - a.pushed)
    .slice(0, count)
    .map(({ digest }) => digest)
}

async function authorize(client: ECRClient): Promise<EcrAuthorization> {
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
  const { authorizationToken: token, proxyEndpoint, expiresAt } = authorizationData?.[0] ?? {}
  if (!token || !proxyEndpoint)
    throw new Error('ecr GetAuthorizationToken: expected a token and an endpoint, got none')
  return {
    origin: new URL(proxyEndpoint).origin,
    authorization: `Basic ${token}`,
    expiresAt: expiresAt?.getTime(),
  }
}
