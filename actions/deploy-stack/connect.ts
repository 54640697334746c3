import { makeCloudFormation } from '../../lib/aws/cloudformation.ts'
import type { AwsConfig } from '../../lib/aws/config.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { ensureServiceLinkedRole } from '../../lib/aws/service-linked-roles.ts'
import { makeStoredData } from '../../lib/aws/stored-data.ts'
import { toolkitBucketName } from '../../lib/aws/toolkit-bucket.ts'
import { makeToolkitObjects } from '../../lib/aws/toolkit-objects.ts'
import type { Connections } from './context.ts'

/** Connects to the account that the credentials belong to. */
export async function connect(config: AwsConfig, prefix: string): Promise<Connections> {
  const account = await describeAccount(config)
  return {
    account,
    region: config.region,
    cloudFormation: makeCloudFormation(config),
    toolkit: makeToolkitObjects(config, toolkitBucketName(prefix, account, config.region)),
    storedData: makeStoredData(config),
    ensureServiceLinkedRole: (service) => ensureServiceLinkedRole(config, service),
  }
}
