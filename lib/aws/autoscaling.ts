import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { inBatches } from '../batch.ts'
import type { GroupSize } from '../service/pause-state/state.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** An instance of a group. */
type GroupInstance = {
  id: string
  /** Such as g4dn.xlarge. */
  type: string
  /** Such as InService, Pending, Terminating:Wait. */
  lifecycle: string
  /** A lower desired capacity does not end it. */
  isProtected: boolean
}

/** An Auto Scaling group: its size as asked for, and the instances that are there. */
export type Group = GroupSize & {
  max: number
  instances: readonly GroupInstance[]
  /** Instances of its warm pool, which are not among the others: their volumes are billed. */
  warm: number
  /** Processes that somebody has suspended, such as Launch and Terminate. */
  suspended: readonly string[]
}

/** The calls to Auto Scaling that a pause needs. */
export type Groups = {
  describe(names: readonly string[]): Promise<Group[]>
  /** Names the group of each instance; one that is in none is left out. */
  ofInstances(ids: readonly string[]): Promise<Map<string, string>>
  /** Sets minimum and desired capacity; the maximum stays. */
  resize(size: GroupSize): Promise<void>
}

// A page has 100 at most: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
const namesOfACall = 100
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html
const instancesOfACall = 50

/** Creates the adapter to Auto Scaling. */
export function makeGroups(config: AwsConfig): Groups {
  const client = makeClient(AutoScalingClient, config)
  return {
    describe: async (names) => await inBatches(names, namesOfACall, (batch) => describe(client, batch)),
    ofInstances: async (ids) =>
      new Map(await inBatches(ids, instancesOfACall, (batch) => findGroups(client, batch))),
    resize: async ({ name, min, desired }) => {
      const command = new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: min,
        DesiredCapacity: desired,
      })
      await client.send(command)
    },
  }
}

async function describe(client: AutoScalingClient, names: readonly string[]): Promise<Group[]> {
  const groups = await listPages(async (NextToken) => {
    const input = { AutoScalingGroupNames: [...names], MaxRecords: namesOfACall, NextToken }
    const page = await client.send(new DescribeAutoScalingGroupsCommand(input))
    return { items: page.AutoScalingGroups ?? [], next: page.NextToken }
  })
  return groups.map(toGroup)
}

const toGroup = (group: AutoScalingGroup): Group => ({
  name: group.AutoScalingGroupName ?? '',
  min: group.MinSize ?? 0,
  max: group.MaxSize ?? 0,
  desired: group.DesiredCapacity ?? 0,
  // Instances that are protected, or wait in a hook, outlive a desired capacity of 0.
  instances: (group.Instances ?? []).map((each) => ({
    id: each.InstanceId ?? '',
    type: each.InstanceType ?? '',
    lifecycle: each.LifecycleState ?? '',
    isProtected: each.ProtectedFromScaleIn ?? false,
  })),
  warm: group.WarmPoolSize ?? 0,
  suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
})

async function findGroups(client: AutoScalingClient, ids: readonly string[]) {
  const input = { InstanceIds: [...ids], MaxRecords: instancesOfACall }
  const page = await client.send(new DescribeAutoScalingInstancesCommand(input))
  return (page.AutoScalingInstances ?? []).flatMap(({ InstanceId, AutoScalingGroupName }) =>
    InstanceId && AutoScalingGroupName ? [[InstanceId, AutoScalingGroupName] as const] : [],
  )
}
