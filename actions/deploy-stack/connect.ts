import type { AwsConfig } from '../../lib/aws/client.ts'
import { type CloudFormation, makeCloudFormation } from '../../lib/aws/cloudformation.ts'
import type { OwnedBucket } from '../../lib/aws/owned-bucket.ts'
import { makeStackDrift } from '../../lib/aws/stack-drift.ts'
import { makeStackGuards } from '../../lib/aws/stack-guards.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { loadWhenCalled } from '../../lib/load-when-called.ts'
import type { Connections, OpenedAccount } from './context.ts'

/** Opens CloudFormation; `locate` is told the account as soon as it is known. */
export function openAccount(
  config: AwsConfig,
  prefix: string,
  serviceRoleArn: string | undefined,
  locate: (account: string) => void,
): OpenedAccount {
  const cloudFormation = makeCloudFormation(config, serviceRoleArn)
  return {
    cloudFormation,
    connect: async (stackArn) => {
      const account = stackArn?.split(':')[4] ?? (await findAccount(config))
      locate(account)
      return connect(config, prefix, account, cloudFormation)
    },
  }
}

const findAccount = loadWhenCalled(async () => (await import('../../lib/aws/identity.ts')).describeAccount)

/** Connects to an account. A run without changes needs only CloudFormation: the rest is loaded when it is called. */
function connect(
  config: AwsConfig,
  prefix: string,
  account: string,
  cloudFormation: CloudFormation,
): Connections {
  const quotas = loadWhenCalled(async () =>
    (await import('../../lib/aws/service-quotas.ts')).makeEc2Quotas(config),
  )
  return {
    account,
    region: config.region,
    cloudFormation,
    stackDrift: makeStackDrift(config),
    stackGuards: makeStackGuards(config),
    quotas,
    serviceEvidence: loadWhenCalled(async () =>
      (await import('../../lib/aws/evidence/service.ts')).makeServiceEvidence(config, quotas),
    ),
    ...connectToolkit(config, toolkitBucket(prefix, account, config.region)),
    ...connectReaders(config, account),
    ...connectWriters(config, account),
  }
}

const connectToolkit = (config: AwsConfig, bucket: OwnedBucket) => ({
  toolkit: {
    bucket: bucket.Bucket,
    ensure: loadWhenCalled(
      async () => (await import('../../lib/aws/toolkit/assets.ts')).makeToolkitAssets(config, bucket).ensure,
    ),
  },
  pauseStates: loadWhenCalled(async () =>
    (await import('../../lib/aws/toolkit/pause-states.ts')).makePauseStates(config, bucket),
  ),
  forgetState: loadWhenCalled(async () =>
    (await import('../../lib/aws/toolkit/forget-state.ts')).makeForgetState(config, bucket),
  ),
})

/** What is read besides: for checks, parameters and the plan. */
const connectReaders = (config: AwsConfig, account: string) => ({
  readDesired: loadWhenCalled(async () =>
    (await import('../../lib/aws/service-count.ts')).makeReadDesired(config),
  ),
  imageTags: loadWhenCalled(async () => (await import('../../lib/aws/ecr-tags.ts')).makeImageTags(config)),
  describeRepository: loadWhenCalled(async () =>
    (await import('../../lib/aws/ecr-repository.ts')).makeRepositoryReader(config),
  ),
  namedResources: loadWhenCalled(async () =>
    (await import('../../lib/aws/named-resources.ts')).makeNamedResources(config, account),
  ),
  describeSubnets: loadWhenCalled(async () =>
    (await import('../../lib/aws/subnets.ts')).makeDescribeSubnets(config),
  ),
  listOfferedZones: loadWhenCalled(async () =>
    (await import('../../lib/aws/instance-offers.ts')).makeListOfferedZones(config),
  ),
  describeCertificate: loadWhenCalled(async () =>
    (await import('../../lib/aws/certificates.ts')).makeDescribeCertificate(config),
  ),
  describeLogBucket: loadWhenCalled(async () =>
    (await import('../../lib/aws/log-bucket.ts')).makeDescribeLogBucket(config, account),
  ),
  listInstances: loadWhenCalled(async () =>
    (await import('../../lib/aws/instances.ts')).makeListInstances(config),
  ),
  storedValues: loadWhenCalled(async () =>
    (await import('../../lib/aws/stored-values.ts')).makeStoredValues(config),
  ),
})

/** What is done besides. */
const connectWriters = (config: AwsConfig, account: string) => ({
  dataDeletion: loadWhenCalled(async () =>
    (await import('../../lib/aws/data-deletion.ts')).makeDataDeletion(config, account),
  ),
  taskDefinitions: loadWhenCalled(async () =>
    (await import('../../lib/aws/task-definitions.ts')).makeTaskDefinitions(config),
  ),
  capacityDrain: loadWhenCalled(async () =>
    (await import('../../lib/aws/capacity-drain.ts')).makeCapacityDrain(config),
  ),
  serviceLinkedRoles: loadWhenCalled(async () =>
    (await import('../../lib/aws/service-linked-roles.ts')).makeServiceLinkedRoles(config),
  ),
  subscriptions: loadWhenCalled(async () =>
    (await import('../../lib/aws/subscriptions.ts')).makeSubscriptions(config),
  ),
})
