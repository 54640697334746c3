import { AutoScalingClient, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling'
import { type AwsConfig, makeClient } from './client.ts'

/** The calls to Auto Scaling that tell why instances do not start. */
export type LaunchFailures = {
  /**
   * Lists why instances of a group could not start since a time, in epoch milliseconds, newest first. What failed
   * before the last one that started is over.
   */
  list(group: string, since: number): Promise<string[]>
}

const activitiesRead = 20

/** Creates the adapter to the activities of Auto Scaling groups. */
export function makeLaunchFailures(config: AwsConfig): LaunchFailures {
  const client = makeClient(AutoScalingClient, config)
  return {
    list: async (AutoScalingGroupName, since) => {
      const input = { AutoScalingGroupName, MaxRecords: activitiesRead }
      const { Activities = [] } = await client.send(new DescribeScalingActivitiesCommand(input))
      // An instance that ends is an activity too.
      const started = Activities.findIndex(
        ({ StatusCode, Description }) => StatusCode === 'Successful' && /^Launching/.test(Description ?? ''),
      )
      const open = started < 0 ? Activities : Activities.slice(0, started)
      return open.flatMap(({ StatusCode, StatusMessage, StartTime }) =>
        /^(Failed|Cancelled)$/.test(StatusCode ?? '') && StatusMessage && (StartTime?.getTime() ?? 0) >= since
          ? [StatusMessage]
          : [],
      )
    },
  }
}
