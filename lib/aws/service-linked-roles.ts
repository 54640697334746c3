import { CreateServiceLinkedRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorDetail, awsErrorName } from './errors.ts'

/** The calls that see to it that a service has its role in the account. */
export type ServiceLinkedRoles = {
  /** Returns whether a role exists, such as `AWSServiceRoleForECS`. */
  exists(role: string): Promise<boolean>
  /** Creates the role of a service, such as `ecs.amazonaws.com`, and gives its name; undefined where it exists. */
  create(service: string): Promise<string | undefined>
}

/** Makes the adapter to the service-linked roles of an account. */
export function makeServiceLinkedRoles(config: AwsConfig): ServiceLinkedRoles {
  const client = makeClient(IAMClient, config)
  return {
    exists: async (RoleName) => {
      try {
        await client.send(new GetRoleCommand({ RoleName }))
        return true
      } catch (error) {
        if (/^NoSuchEntity/.test(awsErrorName(error))) return false
        throw error
      }
    },
    create: async (AWSServiceName) => {
      try {
        const { Role } = await client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }))
        return Role?.RoleName
      } catch (error) {
        // A template could not do this: creation fails where the role exists, and an account has it once.
        const name = awsErrorName(error)
        if (name.startsWith('InvalidInput') && /has been taken/.test(awsErrorDetail(error))) return undefined
        if (!/EntityAlreadyExists/.test(name)) throw error
        return undefined
      }
    },
  }
}
