import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type AwsConfig, makeClient } from './client.ts'

/** Describes which account the credentials of the environment belong to (12 digits). */
export async function describeAccount(config: AwsConfig): Promise<string> {
  const client = makeClient(STSClient, config)
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}))
    if (!Account) throw new Error('sts:GetCallerIdentity: expected an account, got none')
    return Account
  } finally {
    client.destroy()
  }
}
