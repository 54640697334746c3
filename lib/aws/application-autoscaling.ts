import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling'
import { inBatches } from '../batch.ts'
import type { Bounds } from '../service/pause-state/state.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** The calls to Application Auto Scaling that a pause needs. */
export type ScalableTargets = {
  /** Describes the scalable targets of services, by the service's name; one without a target is left out. */
  describe(cluster: string, services: readonly string[]): Promise<Map<string, Bounds>>
  /** Sets bounds and suspended state in one call. AWS moves the desired count into the bounds at once. */
  register(cluster: string, service: string, bounds: Bounds): Promise<void>
}

const namespace = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const
const resourceId = (cluster: string, service: string) => `service/${cluster}/${service}`

// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
const idsOfACall = 50

/** Creates the adapter to Application Auto Scaling. */
export function makeScalableTargets(config: AwsConfig): ScalableTargets {
  const client = makeClient(ApplicationAutoScalingClient, config)
  return {
    describe: async (cluster, services) => {
      const ids = new Map(services.map((service) => [resourceId(cluster, service), service]))
      const targets = await inBatches([...ids.keys()], idsOfACall, (batch) => describe(client, batch))
      return new Map(
        targets.flatMap((target) => {
          const service = ids.get(target.ResourceId ?? '')
          return service === undefined ? [] : [[service, toBounds(target)] as const]
        }),
      )
    },
    register: async (cluster, service, { min, max, suspended }) => {
      const command = new RegisterScalableTargetCommand({
        ...namespace,
        ResourceId: resourceId(cluster, service),
        MinCapacity: min,
        MaxCapacity: max,
        SuspendedState: {
          DynamicScalingInSuspended: suspended.dynamicScalingIn,
          DynamicScalingOutSuspended: suspended.dynamicScalingOut,
          ScheduledScalingSuspended: suspended.scheduledScaling,
        },
      })
      await client.send(command)
    },
  }
}

async function describe(
  client: ApplicationAutoScalingClient,
  ResourceIds: readonly string[],
): Promise<ScalableTarget[]> {
  return await listPages(async (NextToken) => {
    const input = { ...namespace, ResourceIds: [...ResourceIds], NextToken }
    const page = await client.send(new DescribeScalableTargetsCommand(input))
    return { items: page.ScalableTargets ?? [], next: page.NextToken }
  })
}

function toBounds({ MinCapacity, MaxCapacity, SuspendedState: suspended = {} }: ScalableTarget): Bounds {
  return {
    min: MinCapacity ?? 0,
    max: MaxCapacity ?? 0,
    suspended: {
      dynamicScalingIn: suspended.DynamicScalingInSuspended ?? false,
      dynamicScalingOut: suspended.DynamicScalingOutSuspended ?? false,
      scheduledScaling: suspended.ScheduledScalingSuspended ?? false,
    },
  }
}
