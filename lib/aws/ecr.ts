import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import { type AwsConfig, makeClient } from './client.ts'
import { describeRepository, type EcrRepository, toRepository } from './ecr-repository.ts'
import { type ImageScans, makeImageScans } from './ecr-scan.ts'
import { awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'

/** How a repository is made; the lifecycle policy is JSON. */
export type EcrCreation = { immutable: boolean; scanOnPush: boolean; lifecyclePolicy: string | undefined }

/** The calls to ECR that a push needs. */
export type Ecr = ImageScans & {
  /** Describes a repository; `undefined` where there is none. */
  describe(name: string): Promise<EcrRepository | undefined>
  /** Creates a repository; one that another run has created meanwhile is equivalent. */
  create(name: string, creation: EcrCreation): Promise<EcrRepository>
  /** Sets the lifecycle policy of a repository that has none: an earlier run may have been interrupted before it. */
  ensureLifecyclePolicy(name: string, policy: string): Promise<void>
  /** Digests of the newest images, newest first; at most `count`. */
  listNewest(name: string, count: number): Promise<string[]>
  authorize(): Promise<EcrAuthorization>
}

/**
 * The registry's origin, the value of the Authorization header (a secret), and when it ends, in milliseconds
 * since the epoch: 12 hours later, or when the role's credentials end.
 */
type EcrAuthorization = { origin: string; authorization: string; expiresAt: number | undefined }

/** Creates the adapter to ECR; `registryId` is the registry's account if it is another one. */
export function makeEcr(config: AwsConfig, registryId?: string): Ecr {
  const client = makeClient(ECRClient, config)
  const address = (repositoryName: string) => ({ repositoryName, registryId })
  return {
    describe: async (name) => await describeRepository(client, name, registryId),
    create: async (name, creation) => {
      const made = await create(client, address(name), creation)
      const { lifecyclePolicy } = creation
      if (lifecyclePolicy !== undefined) await ensureLifecyclePolicy(client, address(name), lifecyclePolicy)
      return made
    },
    ensureLifecyclePolicy: async (name, policy) => await ensureLifecyclePolicy(client, address(name), policy),
    listNewest: async (name, count) => await listNewest(client, address(name), count),
    authorize: async () => await authorize(client, registryId),
    ...makeImageScans(client, address),
  }
}

type Address = { repositoryName: string; registryId: string | undefined }

async function create(
  client: ECRClient,
  address: Address,
  { immutable, scanOnPush }: EcrCreation,
): Promise<EcrRepository> {
  const { repositoryName: name, registryId } = address
  const command = new CreateRepositoryCommand({
    ...address,
    imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE',
    imageScanningConfiguration: { scanOnPush },
  })
  const created = await client.send(command).then(
    ({ repository }) => toRepository(repository),
    async (error: unknown) => {
      if (awsErrorName(error) !== 'RepositoryAlreadyExistsException') throw error
      return await describeRepository(client, name, registryId)
    },
  )
  if (!created) throw new Error(`ecr:CreateRepository: expected a repository "${name}", got none`)
  return created
}

async function ensureLifecyclePolicy(client: ECRClient, address: Address, policy: string): Promise<void> {
  try {
    await client.send(new GetLifecyclePolicyCommand(address))
  } catch (error) {
    if (awsErrorName(error) !== 'LifecyclePolicyNotFoundException') throw error
    await client.send(new PutLifecyclePolicyCommand({ ...address, lifecyclePolicyText: policy }))
  }
}

async function listNewest(client: ECRClient, address: Address, count: number): Promise<string[]> {
  const images = await listPages(async (nextToken) => {
    const page = await client.send(new DescribeImagesCommand({ ...address, nextToken, maxResults: 1000 }))
    return { items: page.imageDetails ?? [], next: page.nextToken }
  })
  return images
    .sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
    .flatMap(({ imageDigest }) => imageDigest ?? [])
    .slice(0, count)
}

async function authorize(client: ECRClient, registryId: string | undefined): Promise<EcrAuthorization> {
  // Deprecated, since one token opens all registries; the end point of another account is still learned by it.
  const registryIds = registryId === undefined ? {} : { registryIds: [registryId] }
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand(registryIds))
  const { authorizationToken: token, proxyEndpoint, expiresAt } = authorizationData?.[0] ?? {}
  if (!token || !proxyEndpoint)
    throw new Error('ecr:GetAuthorizationToken: expected a token and an endpoint, got none')
  return {
    origin: new URL(proxyEndpoint).origin,
    authorization: `Basic ${token}`,
    expiresAt: expiresAt?.getTime(),
  }
}
