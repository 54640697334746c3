import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** A value that AWS keeps, and whether it must not be seen. */
export type StoredValue = { text: string; isSecret: boolean }

/** Reads values from SSM, and secrets; undefined where there is none of that name. */
export type StoredValues = { read(kind: 'ssm' | 'secret', name: string): Promise<StoredValue | undefined> }

/** Makes the adapter to the values that AWS keeps. */
export function makeStoredValues(config: AwsConfig): StoredValues {
  const client = makeClient(SSMClient, config)
  return {
    read: async (kind, name) => {
      // SSM passes secrets on: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
      const Name = kind === 'ssm' ? name : `/aws/reference/secretsmanager/${name}`
      try {
        const { Parameter } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }))
        const isSecret = kind === 'secret' || Parameter?.Type === 'SecureString'
        return Parameter?.Value === undefined ? undefined : { text: Parameter.Value, isSecret }
      } catch (error) {
        if (awsErrorName(error) === 'ParameterNotFound') return undefined
        throw error
      }
    },
  }
}
