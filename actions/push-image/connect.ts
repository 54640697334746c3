import type { AwsConfig } from '../../lib/aws/client.ts'
import type { Ecr } from '../../lib/aws/ecr.ts'
import { parseEcrHost } from '../../lib/oci/ecr-host.ts'

/** Connects to ECR of this account or of `registryId`; the account is told as soon as its registry names itself. */
export async function connectEcr(
  config: AwsConfig,
  registryId: string | undefined,
  tellAccount: (account: string | undefined) => void,
): Promise<Ecr> {
  // Loading the SDK takes longer than a push without changes: each part is loaded only when it is needed.
  const { makeEcr } = await import('../../lib/aws/ecr.ts')
  const ecr = makeEcr(config, registryId)
  tellAccount(registryId)
  return {
    ...ecr,
    authorize: async () => {
      const authorization = await ecr.authorize()
      tellAccount(parseEcrHost(new URL(authorization.origin).host)?.account ?? registryId)
      return authorization
    },
  }
}
