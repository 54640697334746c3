import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import type { GroupSize } from '../service/saved-state.ts'
import type { AwsConfig } from './client.ts'
import { explainAwsError } from './errors.ts'

/** An Auto Scaling group: its size as asked for, and the instances that are there. */
export type Group = GroupSize & { instances: number }

/** The calls to Auto Scaling that a pause needs. */
export type Groups = {
  describe(names: readonly string[]): Promise<Group[]>
  /** Sets minimum and desired capacity; the maximum stays. */
  resize(size: GroupSize): Promise<void>
}

/** Makes the adapter to Auto Scaling. */
export function makeGroups(config: AwsConfig): Groups {
  const client = new AutoScalingClient(config)
  const explain = (action: string) => (error: unknown) => {
    throw explainAwsError(error, `autoscaling:${action}`, config.region)
  }
  return {
    describe: async (names) =>
      names.length === 0 ? [] : await describe(client, names).catch(explain('DescribeAutoScalingGroups')),
    resize: async ({ name, min, desired }) => {
      const command = new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: min,
        DesiredCapacity: desired,
      })
      await client.send(command).catch(explain('UpdateAutoScalingGroup'))
    },
  }
}

async function describe(client: AutoScalingClient, names: readonly string[]): Promise<Group[]> {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...names] })
  const { AutoScalingGroups: groups } = await client.send(command)
  return (groups ?? []).map((group) => ({
    name: group.AutoScalingGroupName ?? '',
    min: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    // Instances that are protected, or wait in a hook, outlive a desired capacity of 0.
    instances: (group.Instances ?? []).length,
  }))
}
