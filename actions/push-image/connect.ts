import type { ByteSource } from '../../lib/archive/byte-source.ts'
import type { AwsConfig } from '../../lib/aws/client.ts'
import type { Ecr } from '../../lib/aws/ecr.ts'
import type { ToolkitHints } from '../../lib/aws/toolkit/hints.ts'
import { addressOfPage } from '../../lib/console.ts'
import { parseEcrHost } from '../../lib/oci/ecr-host.ts'
import type { Place } from '../../lib/place.ts'

// Loading the SDK takes longer than a push without changes: each part is loaded only when it is needed.

/** Opens an object at `s3://BUCKET/KEY`. */
export async function openObject(config: AwsConfig, location: string): Promise<ByteSource> {
  const { openObjectSource } = await import('../../lib/aws/s3-archive-source.ts')
  return await openObjectSource(config, location)
}

/** Opens the bucket of the toolkit with this prefix, in the account of the credentials. */
export async function openHints(config: AwsConfig, prefix: string): Promise<ToolkitHints> {
  const { makeToolkitHints } = await import('../../lib/aws/toolkit/hints.ts')
  return makeToolkitHints(config, prefix)
}

/** Connects to ECR of this account or of `registryId`; its place is told as soon as the registry names itself. */
export async function connectEcr(
  config: AwsConfig,
  registryId: string | undefined,
  locate: (place: Place) => void,
): Promise<Ecr> {
  const { makeEcr } = await import('../../lib/aws/ecr.ts')
  const ecr = makeEcr(config, registryId)
  const { region } = config
  const console = addressOfPage(region, 'ecr/private-registry/repositories')
  locate({ account: registryId, region, console })
  return {
    ...ecr,
    authorize: async () => {
      const authorization = await ecr.authorize()
      const account = parseEcrHost(new URL(authorization.origin).host)?.account ?? registryId
      locate({ account, region, console })
      return authorization
    },
  }
}
