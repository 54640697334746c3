import { makeCapacityDrain } from '../../lib/aws/capacity-drain.ts'
import { makeDescribeCertificate } from '../../lib/aws/certificates.ts'
import type { AwsConfig } from '../../lib/aws/client.ts'
import { makeCloudFormation } from '../../lib/aws/cloudformation.ts'
import { makeDataDeletion } from '../../lib/aws/data-deletion.ts'
import { makeRepositoryReader } from '../../lib/aws/ecr-repository.ts'
import { makeImageTags } from '../../lib/aws/ecr-tags.ts'
import { makeServiceEvidence } from '../../lib/aws/evidence/service.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { makeListOfferedZones } from '../../lib/aws/instance-offers.ts'
import { makeListInstances } from '../../lib/aws/instances.ts'
import { makeDescribeLogBucket } from '../../lib/aws/log-bucket.ts'
import { makeNamedResources } from '../../lib/aws/named-resources.ts'
import { makeReadDesired } from '../../lib/aws/service-count.ts'
import { makeServiceLinkedRoles } from '../../lib/aws/service-linked-roles.ts'
import { makeEc2Quotas } from '../../lib/aws/service-quotas.ts'
import { makeStackDrift } from '../../lib/aws/stack-drift.ts'
import { makeStackGuards } from '../../lib/aws/stack-guards.ts'
import { makeStoredValues } from '../../lib/aws/stored-values.ts'
import { makeDescribeSubnets } from '../../lib/aws/subnets.ts'
import { makeSubscriptions } from '../../lib/aws/subscriptions.ts'
import { makeTaskDefinitions } from '../../lib/aws/task-definitions.ts'
import { makeToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { makeForgetState } from '../../lib/aws/toolkit/forget-state.ts'
import { makePauseStates } from '../../lib/aws/toolkit/pause-states.ts'
import type { Connections } from './context.ts'

/** Connects to the account that the credentials belong to. */
export async function connect(
  config: AwsConfig,
  prefix: string,
  serviceRoleArn: string | undefined,
): Promise<Connections> {
  const account = await describeAccount(config)
  const quotas = makeEc2Quotas(config)
  const bucket = toolkitBucket(prefix, account, config.region)
  return {
    account,
    region: config.region,
    cloudFormation: makeCloudFormation(config, serviceRoleArn),
    toolkit: makeToolkitAssets(config, bucket),
    pauseStates: makePauseStates(config, bucket),
    forgetState: makeForgetState(config, bucket),
    readDesired: makeReadDesired(config),
    dataDeletion: makeDataDeletion(config, account),
    taskDefinitions: makeTaskDefinitions(config),
    stackDrift: makeStackDrift(config),
    imageTags: makeImageTags(config),
    describeRepository: makeRepositoryReader(config),
    capacityDrain: makeCapacityDrain(config),
    namedResources: makeNamedResources(config, account),
    serviceLinkedRoles: makeServiceLinkedRoles(config),
    describeSubnets: makeDescribeSubnets(config),
    listOfferedZones: makeListOfferedZones(config),
    describeCertificate: makeDescribeCertificate(config),
    describeLogBucket: makeDescribeLogBucket(config, account),
    subscriptions: makeSubscriptions(config),
    listInstances: makeListInstances(config),
    quotas,
    serviceEvidence: makeServiceEvidence(config, quotas),
    stackGuards: makeStackGuards(config),
    storedValues: makeStoredValues(config),
  }
}
