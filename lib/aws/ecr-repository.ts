import { DescribeRepositoriesCommand, ECRClient, type Repository } from '@aws-sdk/client-ecr'
import { UserError } from '../errors.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** A repository of ECR: its URI without a tag, and which of its tags cannot be moved. */
export type EcrRepository = { name: string; uri: string; isImmutable(tag: string): boolean }

/** Makes the function that describes a repository of the caller's account; `undefined` where there is none. */
export function makeRepositoryReader(
  config: AwsConfig,
): (name: string) => Promise<EcrRepository | undefined> {
  const client = makeClient(ECRClient, config)
  return async (name) => await describeRepository(client, name)
}

/** Describes a repository, of the caller's account or of `registryId`; `undefined` where there is none. */
export async function describeRepository(
  client: ECRClient,
  name: string,
  registryId?: string,
): Promise<EcrRepository | undefined> {
  try {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [name], registryId })
    const { repositories } = await client.send(command)
    return toRepository(repositories?.[0])
  } catch (error) {
    if (awsErrorName(error) === 'RepositoryNotFoundException') return undefined
    if (awsErrorName(error) === 'InvalidParameterException') {
      throw new UserError(`repository: expected a name such as team/app in lower case, got "${name}"`)
    }
    throw error
  }
}

/** Reads a repository from ECR's answer; `undefined` where that has none. */
export function toRepository(repository: Repository | undefined): EcrRepository | undefined {
  const { repositoryName: name, repositoryUri: uri, imageTagMutability: mutability } = repository ?? {}
  if (!name || !uri) return undefined
  const filters = repository?.imageTagMutabilityExclusionFilters ?? []
  const isExcluded = (tag: string) => filters.some(({ filter }) => matches(filter ?? '', tag))
  const isImmutable = (tag: string) => {
    if (mutability === 'IMMUTABLE_WITH_EXCLUSION') return !isExcluded(tag)
    if (mutability === 'MUTABLE_WITH_EXCLUSION') return isExcluded(tag)
    return mutability === 'IMMUTABLE'
  }
  return { name, uri, isImmutable }
}

// In a filter, `*` stands for any characters.
function matches(filter: string, tag: string): boolean {
  const pattern = filter.split('*').map((text) => text.replace(/[^\w-]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.*')}$`).test(tag)
}
