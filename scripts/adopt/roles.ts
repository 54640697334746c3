import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam'
import { readAwsConfig } from '../../lib/aws/client.ts'
import type { Finding } from './check.ts'

/** Compares the roles that variables name with those of the account that the environment has credentials for. */
export async function findRoles(
  arns: ReadonlyMap<string, string>,
  subjectPrefix: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const client = new IAMClient(readAwsConfig(env))
  return await Promise.all(
    [...arns].map(async ([variable, arn]): Promise<Finding> => {
      const trust = await readTrust(client, arn)
      const what = `role ${arn} of ${variable}`
      if (trust === undefined) return { kind: 'missing', what: `${what}: it is not in this account` }
      const isTrusted = trust.includes(`"${subjectPrefix}:`)
      return isTrusted
        ? { kind: 'ok', what }
        : { kind: 'wrong', what: `${what}: expected it to trust ${subjectPrefix}, but it trusts others` }
    }),
  )
}

async function readTrust(client: IAMClient, arn: string): Promise<string | undefined> {
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: arn.split('/').at(-1) }))
    return Role?.Arn === arn ? decodeURIComponent(Role.AssumeRolePolicyDocument ?? '') : undefined
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw error
  }
}
