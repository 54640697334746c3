import type { TargetEvidence } from '../../service/diagnosis/evidence.ts'
import type { AwsConfig } from '../client.ts'
import { makeTargetHealthReader } from '../target-health.ts'
import type { Attempt } from './attempt.ts'

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
const groupsOfAService = 5
const targetsKept = 20

/** Creates the reader of those targets of a service that are not healthy. */
export function makeTargetReader(config: AwsConfig) {
  const health = makeTargetHealthReader(config)
  const describe = async (arn: string): Promise<TargetEvidence[]> => {
    const group = /targetgroup\/([^/]+)/.exec(arn)?.[1] ?? arn
    const unhealthy = (await health.describe(arn)).filter(({ state }) => state !== 'healthy')
    return unhealthy.slice(0, targetsKept).map((target) => ({ group, ...target }))
  }
  return async (groups: readonly string[], attempt: Attempt): Promise<TargetEvidence[]> => {
    const asked = groups.slice(0, groupsOfAService)
    const found = await Promise.all(asked.map((arn) => attempt('target health', () => describe(arn), [])))
    return found.flat()
  }
}
