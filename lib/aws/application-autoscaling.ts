import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import type { Bounds } from '../service/saved-state.ts'
import type { AwsConfig } from './client.ts'
import { explainAwsError } from './errors.ts'

/** The calls to Application Auto Scaling that a pause needs. */
export type ScalableTargets = {
  /** Describes the scalable target of a service; `undefined` where it has none. */
  describe(cluster: string, service: string): Promise<Bounds | undefined>
  /** Sets bounds and suspended state in one call. AWS moves the desired count into the bounds at once. */
  register(cluster: string, service: string, bounds: Bounds): Promise<void>
}

const place = (cluster: string, service: string) =>
  ({
    ServiceNamespace: 'ecs',
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  }) as const

/** Makes the adapter to Application Auto Scaling. */
export function makeScalableTargets(config: AwsConfig): ScalableTargets {
  const client = new ApplicationAutoScalingClient(config)
  const explain = (action: string) => (error: unknown) => {
    throw explainAwsError(error, `application-autoscaling:${action}`, config.region)
  }
  return {
    describe: async (cluster, service) =>
      await describe(client, cluster, service).catch(explain('DescribeScalableTargets')),
    register: async (cluster, service, { min, max, suspended }) => {
      const command = new RegisterScalableTargetCommand({
        ...place(cluster, service),
        MinCapacity: min,
        MaxCapacity: max,
        SuspendedState: {
          DynamicScalingInSuspended: suspended.dynamicScalingIn,
          DynamicScalingOutSuspended: suspended.dynamicScalingOut,
          ScheduledScalingSuspended: suspended.scheduledScaling,
        },
      })
      await client.send(command).catch(explain('RegisterScalableTarget'))
    },
  }
}

async function describe(
  client: ApplicationAutoScalingClient,
  cluster: string,
  service: string,
): Promise<Bounds | undefined> {
  const { ResourceId, ...rest } = place(cluster, service)
  const command = new DescribeScalableTargetsCommand({ ...rest, ResourceIds: [ResourceId] })
  const [target] = (await client.send(command)).ScalableTargets ?? []
  if (!target) return undefined
  const { SuspendedState: suspended = {} } = target
  return {
    min: target.MinCapacity ?? 0,
    max: target.MaxCapacity ?? 0,
    suspended: {
      dynamicScalingIn: suspended.DynamicScalingInSuspended ?? false,
      dynamicScalingOut: suspended.DynamicScalingOutSuspended ?? false,
      scheduledScaling: suspended.ScheduledScalingSuspended ?? false,
    },
  }
}
