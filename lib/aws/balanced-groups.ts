import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { inBatches } from '../batch.ts'

/** A target group, and the load balancers that forward to it, as ARNs. */
export type BalancedGroup = { targetGroup: string; loadBalancers: readonly string[] }

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
const groupsOfACall = 20

/** Finds the load balancers of target groups. */
export async function findLoadBalancers(
  client: ElasticLoadBalancingV2Client,
  targetGroups: readonly string[],
): Promise<BalancedGroup[]> {
  return await inBatches([...new Set(targetGroups)], groupsOfACall, async (TargetGroupArns) => {
    const { TargetGroups } = await client.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [...TargetGroupArns] }),
    )
    return (TargetGroups ?? []).map(({ TargetGroupArn: targetGroup = '', LoadBalancerArns = [] }) => ({
      targetGroup,
      loadBalancers: LoadBalancerArns,
    }))
  })
}
