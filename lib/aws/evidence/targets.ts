import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { TargetEvidence } from '../../service/diagnosis/evidence.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import type { Attempt } from './attempt.ts'

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
const groupsOfAService = 5
const targetsKept = 20

/** Creates the reader of those targets of a service that are not healthy. */
export function makeTargetReader(config: AwsConfig) {
  const client = makeClient(ElasticLoadBalancingV2Client, config)
  const describe = async (TargetGroupArn: string): Promise<TargetEvidence[]> => {
    const found = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
    return (found.TargetHealthDescriptions ?? [])
      .filter(({ TargetHealth }) => TargetHealth?.State !== 'healthy')
      .slice(0, targetsKept)
      .map(({ Target, TargetHealth: health }) => ({
        group: /targetgroup\/([^/]+)/.exec(TargetGroupArn)?.[1] ?? TargetGroupArn,
        target: `${Target?.Id ?? ''}:${Target?.Port ?? ''}`,
        state: health?.State ?? 'unknown',
        reason: health?.Reason ?? '',
        description: health?.Description ?? '',
      }))
  }
  return async (groups: readonly string[], attempt: Attempt): Promise<TargetEvidence[]> => {
    const asked = groups.slice(0, groupsOfAService)
    const found = await Promise.all(asked.map((arn) => attempt('target health', () => describe(arn), [])))
    return found.flat()
  }
}
