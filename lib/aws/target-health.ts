import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { TargetEvidence } from '../service/diagnosis/evidence.ts'
import { type AwsConfig, makeClient } from './client.ts'

/** Health of one target of a load balancer; `reason` and `description` are '' while it is healthy. */
export type TargetHealth = Omit<TargetEvidence, 'group'>

/** The calls to Elastic Load Balancing that tell how targets are. */
export type TargetHealthReader = { describe(targetGroup: string): Promise<TargetHealth[]> }

/** Creates the adapter to the health of targets. */
export function makeTargetHealthReader(config: AwsConfig): TargetHealthReader {
  const client = makeClient(ElasticLoadBalancingV2Client, config)
  return {
    describe: async (targetGroup) => {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup })
      const { TargetHealthDescriptions: found } = await client.send(command)
      return (found ?? []).map(({ Target, TargetHealth: health }) => ({
        target: `${Target?.Id ?? ''}:${Target?.Port ?? ''}`,
        state: health?.State ?? 'unknown',
        reason: health?.Reason ?? '',
        description: health?.Description ?? '',
      }))
    },
  }
}
