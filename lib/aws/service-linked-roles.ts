import { CreateServiceLinkedRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { messageOf } from '../errors.ts'
import type { AwsConfig } from './client.ts'
import { awsErrorName, explainAwsError } from './errors.ts'

/** Creates a service-linked role, such as `ecs.amazonaws.com`'s; true where it was missing. */
export async function ensureServiceLinkedRole(config: AwsConfig, service: string): Promise<boolean> {
  const client = new IAMClient(config)
  try {
    await client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }))
    return true
  } catch (error) {
    // A template could not do this: creation fails where the role exists, and an account has it once.
    if (awsErrorName(error).startsWith('InvalidInput') && /has been taken/.test(messageOf(error)))
      return false
    if (/EntityAlreadyExists/.test(awsErrorName(error))) return false
    throw explainAwsError(error, 'iam:CreateServiceLinkedRole', config.region)
  } finally {
    client.destroy()
  }
}
