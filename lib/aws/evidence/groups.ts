import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import { DescribeCapacityProvidersCommand, ECSClient, type Service } from '@aws-sdk/client-ecs'
import type { GroupEvidence } from '../../service/diagnosis/evidence.ts'
import { lastPart } from '../arn.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import { makeLaunchFailures } from '../launch-failures.ts'
import type { Attempt } from './attempt.ts'

const groupsKept = 5

/** Creates the reader of the Auto Scaling groups behind a service's capacity providers. */
export function makeGroupReader(config: AwsConfig) {
  const ecs = makeClient(ECSClient, config)
  const scaling = makeClient(AutoScalingClient, config)
  const launchFailures = makeLaunchFailures(config)
  return async (
    { capacityProviderStrategy = [] }: Pick<Service, 'capacityProviderStrategy'>,
    attempt: Attempt,
  ): Promise<GroupEvidence[]> => {
    const providers = capacityProviderStrategy.flatMap(({ capacityProvider }) => capacityProvider ?? [])
    if (providers.length === 0) return []
    const names = await attempt('capacity providers', () => listGroups(ecs, providers), [])
    const groups = await attempt('Auto Scaling groups', () => describeGroups(scaling, names), [])
    return await Promise.all(
      groups.map(async (group) => {
        const { AutoScalingGroupName: name = '' } = group
        // A group that lacks an instance tries again and again: its last try says why, whenever that was.
        const read = () => launchFailures.list(name, 0)
        return toEvidence(name, group, await attempt('scaling activities', read, []))
      }),
    )
  }
}

async function listGroups(ecs: ECSClient, capacityProviders: string[]): Promise<string[]> {
  const found = await ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders }))
  const arns = (found.capacityProviders ?? []).flatMap(
    ({ autoScalingGroupProvider }) => autoScalingGroupProvider?.autoScalingGroupArn ?? [],
  )
  return arns.slice(0, groupsKept).map(lastPart)
}

async function describeGroups(scaling: AutoScalingClient, names: string[]): Promise<AutoScalingGroup[]> {
  if (names.length === 0) return []
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names })
  return (await scaling.send(command)).AutoScalingGroups ?? []
}

const toEvidence = (name: string, group: AutoScalingGroup, failures: string[]): GroupEvidence => ({
  name,
  instances: group.Instances?.length ?? 0,
  desired: group.DesiredCapacity ?? 0,
  max: group.MaxSize ?? 0,
  failures,
})
