import { CreateServiceLinkedRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorDetail, awsErrorName } from './errors.ts'

/** Creates a service-linked role, such as `ecs.amazonaws.com`'s; true where it was missing. */
export async function ensureServiceLinkedRole(config: AwsConfig, service: string): Promise<boolean> {
  const client = makeClient(IAMClient, config)
  try {
    await client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }))
    return true
  } catch (error) {
    // A template could not do this: creation fails where the role exists, and an account has it once.
    if (awsErrorName(error).startsWith('InvalidInput') && /has been taken/.test(awsErrorDetail(error)))
      return false
    if (/EntityAlreadyExists/.test(awsErrorName(error))) return false
    throw error
  } finally {
    client.destroy()
  }
}
