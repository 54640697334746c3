import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { AwsConfig } from './client.ts'
import { explainAwsError } from './errors.ts'

/** Describes which account the credentials of the environment belong to (12 digits). */
export async function describeAccount(config: AwsConfig): Promise<string> {
  const client = new STSClient(config)
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}))
    if (!Account) throw new Error('sts GetCallerIdentity: expected an account, got none')
    return Account
  } catch (error) {
    throw explainAwsError(error, 'sts:GetCallerIdentity', config.region)
  } finally {
    client.destroy()
  }
}
