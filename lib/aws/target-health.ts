import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { type AwsConfig, makeClient } from './client.ts'

/** Health of one target of a load balancer; `reason` is '' while it is healthy. */
export type TargetHealth = { target: string; state: string; reason: string }

/** The calls to Elastic Load Balancing that a resume needs. */
export type TargetHealthReader = { describe(targetGroup: string): Promise<TargetHealth[]> }

/** Creates the adapter to Elastic Load Balancing. */
export function makeTargetHealthReader(config: AwsConfig): TargetHealthReader {
  const client = makeClient(ElasticLoadBalancingV2Client, config)
  return {
    describe: async (targetGroup) => {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup })
      const { TargetHealthDescriptions: found } = await client.send(command)
      return (found ?? []).map(({ Target, TargetHealth }) => ({
        target: `${Target?.Id ?? ''}:${Target?.Port ?? ''}`,
        state: TargetHealth?.State ?? 'unknown',
        reason: TargetHealth?.Description ?? '',
      }))
    },
  }
}
