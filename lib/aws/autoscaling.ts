import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { inBatches } from '../batch.ts'
import type { GroupSize } from '../service/saved-state.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** An Auto Scaling group: its size as asked for, and the instances that are there. */
export type Group = GroupSize & { instances: number }

/** The calls to Auto Scaling that a pause needs. */
export type Groups = {
  describe(names: readonly string[]): Promise<Group[]>
  /** Sets minimum and desired capacity; the maximum stays. */
  resize(size: GroupSize): Promise<void>
}

// A page has 100 at most: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
const namesOfACall = 100

/** Creates the adapter to Auto Scaling. */
export function makeGroups(config: AwsConfig): Groups {
  const client = makeClient(AutoScalingClient, config)
  return {
    describe: async (names) => await inBatches(names, namesOfACall, (batch) => describe(client, batch)),
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
  return groups.map((group) => ({
    name: group.AutoScalingGroupName ?? '',
    min: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    // Instances that are protected, or wait in a hook, outlive a desired capacity of 0.
    instances: (group.Instances ?? []).length,
  }))
}
