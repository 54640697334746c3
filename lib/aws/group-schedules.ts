import {
  AutoScalingClient,
  DescribeScheduledActionsCommand,
  type ScheduledUpdateGroupAction,
} from '@aws-sdk/client-auto-scaling'
import { mapConcurrently } from '../map-concurrently.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** A scheduled action of an Auto Scaling group: what it sets, and when. */
export type GroupSchedule = {
  group: string
  name: string
  /** Undefined where it leaves that as it is. */
  min: number | undefined
  desired: number | undefined
  /** The next time, in epoch milliseconds; undefined where AWS does not tell. */
  at: number | undefined
  /** As cron writes it, with its time zone; '' where it happens once. */
  recurrence: string
}

/** The calls to Auto Scaling that tell what groups are scheduled for. */
export type GroupSchedules = {
  /** Lists the scheduled actions of groups. */
  list(groups: readonly string[]): Promise<GroupSchedule[]>
}

const callsAtATime = 8

/** Creates the adapter to the scheduled actions of Auto Scaling groups. */
export function makeGroupSchedules(config: AwsConfig): GroupSchedules {
  const client = makeClient(AutoScalingClient, config)
  return {
    list: async (groups) => {
      const found = await mapConcurrently(groups, { concurrency: callsAtATime }, (group) =>
        listActions(client, group),
      )
      return found.flat()
    },
  }
}

async function listActions(
  client: AutoScalingClient,
  AutoScalingGroupName: string,
): Promise<GroupSchedule[]> {
  const actions = await listPages(async (NextToken) => {
    const page = await client.send(new DescribeScheduledActionsCommand({ AutoScalingGroupName, NextToken }))
    return { items: page.ScheduledUpdateGroupActions ?? [], next: page.NextToken }
  })
  return actions.map((action) => toSchedule(AutoScalingGroupName, action))
}

function toSchedule(group: string, action: ScheduledUpdateGroupAction): GroupSchedule {
  const { ScheduledActionName = '', MinSize, DesiredCapacity, StartTime, Recurrence, TimeZone } = action
  return {
    ...{ group, name: ScheduledActionName, min: MinSize, desired: DesiredCapacity },
    at: StartTime?.getTime(),
    recurrence: Recurrence ? `${Recurrence} ${TimeZone ?? 'UTC'}` : '',
  }
}
