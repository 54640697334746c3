import { AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand as ListLogTagsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeRepositoriesCommand,
  ECRClient,
  ListTagsForResourceCommand as ListRepositoryTagsCommand,
} from '@aws-sdk/client-ecr'
import { DescribeCapacityProvidersCommand, DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs'
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** The tags of a resource that exists; empty for a type whose resources no stack adopts. */
export type Tags = ReadonlyMap<string, string>

/** Looks for the resource of a CloudFormation type that has a name; undefined where there is none. */
export type NamedResources = { findTags(type: string, name: string): Promise<Tags | undefined> }

type Find = (name: string) => Promise<Tags | undefined>

const untagged: Tags = new Map()
const missing =
  /^(NoSuchBucket|RepositoryNotFoundException|ResourceNotFoundException|ClusterNotFoundException|LoadBalancerNotFound(Exception)?|EntityNotFoundException)$/

/** Makes the adapter that looks for resources by type and name. */
export function makeNamedResources(config: AwsConfig, account: string): NamedResources {
  const finders: Readonly<Record<string, Find>> = {
    'AWS::S3::Bucket': findBucket(makeClient(S3Client, { ...config, forcePathStyle: true }), account),
    'AWS::ECR::Repository': findRepository(makeClient(ECRClient, config)),
    'AWS::Logs::LogGroup': findLogGroup(makeClient(CloudWatchLogsClient, config)),
    ...findersOfCompute(config),
    ...findersOfTables(config),
  }
  return {
    findTags: async (type, name) => {
      try {
        return await finders[type]?.(name)
      } catch (error) {
        if (missing.test(awsErrorName(error))) return undefined
        throw error
      }
    },
  }
}

const toTags = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags =>
  new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]))

function findBucket(client: S3Client, ExpectedBucketOwner: string): Find {
  return async (Bucket) => {
    try {
      const { TagSet } = await client.send(new GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner }))
      return toTags(TagSet)
    } catch (error) {
      if (awsErrorName(error) === 'NoSuchTagSet') return untagged
      throw error
    }
  }
}

function findRepository(client: ECRClient): Find {
  return async (name) => {
    const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }))
    const resourceArn = repositories?.[0]?.repositoryArn
    if (resourceArn === undefined) return undefined
    return toTags((await client.send(new ListRepositoryTagsCommand({ resourceArn }))).tags)
  }
}

function findLogGroup(client: CloudWatchLogsClient): Find {
  return async (name) => {
    // They come in the order of their names: the group itself is before those whose names are longer.
    const input = { logGroupNamePrefix: name, limit: 1 }
    const [group] = (await client.send(new DescribeLogGroupsCommand(input))).logGroups ?? []
    if (group?.logGroupName !== name) return undefined
    const resourceArn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '')
    const { tags = {} } = await client.send(new ListLogTagsCommand({ resourceArn }))
    return new Map(Object.entries(tags))
  }
}

// A cluster or capacity provider that was deleted can be described for a while.
const ifActive = (found: readonly { status?: string | undefined }[] | undefined) =>
  found?.some(({ status }) => status === 'ACTIVE') ? untagged : undefined

function findersOfCompute(config: AwsConfig): Record<string, Find> {
  const ecs = makeClient(ECSClient, config)
  const balancing = makeClient(ElasticLoadBalancingV2Client, config)
  const lambda = makeClient(LambdaClient, config)
  return {
    'AWS::ECS::Cluster': async (name) =>
      ifActive((await ecs.send(new DescribeClustersCommand({ clusters: [name] }))).clusters),
    'AWS::ECS::CapacityProvider': async (name) => {
      const command = new DescribeCapacityProvidersCommand({ capacityProviders: [name] })
      return ifActive((await ecs.send(command)).capacityProviders)
    },
    'AWS::ElasticLoadBalancingV2::LoadBalancer': async (name) => {
      await balancing.send(new DescribeLoadBalancersCommand({ Names: [name] }))
      return untagged
    },
    'AWS::Lambda::Function': async (FunctionName) => {
      await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
      return untagged
    },
  }
}

function findersOfTables(config: AwsConfig): Record<string, Find> {
  const glue = makeClient(GlueClient, config)
  const athena = makeClient(AthenaClient, config)
  return {
    'AWS::Glue::Database': async (Name) => {
      await glue.send(new GetDatabaseCommand({ Name }))
      return untagged
    },
    'AWS::Athena::WorkGroup': async (WorkGroup) => {
      try {
        await athena.send(new GetWorkGroupCommand({ WorkGroup }))
        return untagged
      } catch (error) {
        // Athena has no name of its own for it.
        if (awsErrorName(error) === 'InvalidRequestException') return undefined
        throw error
      }
    },
  }
}
