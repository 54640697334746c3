import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import {
  DeleteParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { type AwsConfig, readAwsConfig } from '../../lib/aws/client.ts'
import type { StoredKey } from './keys.ts'

/** The keys of an account, and the cache of the authorizer that reads them. */
export type KeyStore = {
  list(): Promise<readonly StoredKey[]>
  add(user: string, hash: string): Promise<void>
  /** Removes a key, unless it is gone. */
  remove(hash: string): Promise<void>
  /** Makes the authorizer forget what it knows; gives whether there is an API. */
  resetCache(): Promise<boolean>
}

/** Opens the keys below a prefix, in the account and region that the environment names. */
export function openKeyStore(env: NodeJS.ProcessEnv, prefix: string): KeyStore {
  const config = readAwsConfig(env)
  const ssm = new SSMClient(config)
  const path = `/${prefix}/api-keys`
  return {
    list: async () => {
      const keys: StoredKey[] = []
      for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path: path })) {
        for (const { Name = '', Value = '', LastModifiedDate } of Parameters)
          keys.push({ user: Value, hash: Name.slice(path.length + 1), created: LastModifiedDate })
      }
      return keys
    },
    add: async (user, hash) => {
      await ssm.send(new PutParameterCommand({ Name: `${path}/${hash}`, Value: user, Type: 'String' }))
    },
    remove: async (hash) => {
      try {
        await ssm.send(new DeleteParameterCommand({ Name: `${path}/${hash}` }))
      } catch (error) {
        // Another run was first.
        if (!(error instanceof ParameterNotFound)) throw error
      }
    },
    resetCache: async () => {
      const ApiId = await findApi(config, prefix)
      if (ApiId === undefined) return false
      const { ApiGatewayV2Client, ResetAuthorizersCacheCommand } = await import(
        '@aws-sdk/client-apigatewayv2'
      )
      const command = new ResetAuthorizersCacheCommand({ ApiId, StageName: '$default' })
      await new ApiGatewayV2Client(config).send(command)
      return true
    },
  }
}

/** Finds the API by the output of its stack. */
async function findApi(config: AwsConfig, prefix: string): Promise<string | undefined> {
  try {
    const command = new DescribeStacksCommand({ StackName: `${prefix}-api` })
    const { Stacks } = await new CloudFormationClient(config).send(command)
    return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'ApiId')?.OutputValue
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined
    throw error
  }
}
