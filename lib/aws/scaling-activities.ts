import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { type AwsConfig, makeClient } from './client.ts'

/** What Application Auto Scaling did, or could not do, with a service. */
export type ScalingActivity = {
  /** Epoch milliseconds. */
  at: number
  status: string
  description: string
  /** Why it did it, or could not. */
  cause: string
}

/** The calls to Application Auto Scaling that tell why a service was scaled. */
export type ScalingActivities = {
  /** Lists the newest activities of a service, newest first. */
  list(cluster: string, service: string, count: number): Promise<ScalingActivity[]>
}

/** Creates the adapter to the activities of Application Auto Scaling. */
export function makeScalingActivities(config: AwsConfig): ScalingActivities {
  const client = makeClient(ApplicationAutoScalingClient, config)
  return {
    list: async (cluster, service, MaxResults) => {
      const ResourceId = `service/${cluster}/${service}`
      const input = { ServiceNamespace: 'ecs', ResourceId, MaxResults } as const
      const { ScalingActivities = [] } = await client.send(new DescribeScalingActivitiesCommand(input))
      return ScalingActivities.map(({ StartTime, StatusCode, Description, Cause, StatusMessage }) => ({
        at: StartTime?.getTime() ?? 0,
        status: StatusCode ?? '',
        description: Description ?? '',
        cause: StatusMessage ?? Cause ?? '',
      }))
    },
  }
}
