import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling'
import { DescribeCapacityProvidersCommand, ECSClient, type Service } from '@aws-sdk/client-ecs'
import type { GroupEvidence } from '../../service/diagnosis/evidence.ts'
import { lastPart } from '../arn.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import type { Attempt } from './attempt.ts'

const groupsKept = 5
const activitiesRead = 20

/** Creates the reader of the Auto Scaling groups behind a service's capacity providers. */
export function makeGroupReader(config: AwsConfig) {
  const ecs = makeClient(ECSClient, config)
  const scaling = makeClient(AutoScalingClient, config)
  return async (
    { capacityProviderStrategy = [] }: Pick<Service, 'capacityProviderStrategy'>,
    attempt: Attempt,
  ): Promise<GroupEvidence[]> => {
    const providers = capacityProviderStrategy.flatMap(({ capacityProvider }) => capacityProvider ?? [])
    if (providers.length === 0) return []
    const names = await attempt('capacity providers', () => listGroups(ecs, providers), [])
    const groups = await attempt('Auto Scaling groups', () => describeGroups(scaling, names), [])
    const read = async (group: AutoScalingGroup) =>
      toEvidence(group, await attempt('scaling activities', () => listFailures(scaling, group), []))
    return await Promise.all(groups.map(read))
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

// Newest first, up to the last instance that started: what failed before is over.
async function listFailures(scaling: AutoScalingClient, group: AutoScalingGroup): Promise<string[]> {
  const input = { AutoScalingGroupName: group.AutoScalingGroupName, MaxRecords: activitiesRead }
  const { Activities = [] } = await scaling.send(new DescribeScalingActivitiesCommand(input))
  const started = Activities.findIndex(
    ({ StatusCode, Description }) => StatusCode === 'Successful' && /^Launching/.test(Description ?? ''),
  )
  const newer = started < 0 ? Activities : Activities.slice(0, started)
  return newer.flatMap(({ StatusCode, StatusMessage }) =>
    /^(Failed|Cancelled)$/.test(StatusCode ?? '') && StatusMessage ? [StatusMessage] : [],
  )
}

const toEvidence = (group: AutoScalingGroup, failures: string[]): GroupEvidence => ({
  name: group.AutoScalingGroupName ?? '',
  instances: group.Instances?.length ?? 0,
  desired: group.DesiredCapacity ?? 0,
  max: group.MaxSize ?? 0,
  failures,
})
