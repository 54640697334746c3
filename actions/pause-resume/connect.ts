import { makeScalableTargets } from '../../lib/aws/application-autoscaling.ts'
import { makeGroups } from '../../lib/aws/autoscaling.ts'
import type { AwsConfig } from '../../lib/aws/client.ts'
import { makeEcs } from '../../lib/aws/ecs.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { makeTargetHealthReader } from '../../lib/aws/target-health.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket.ts'
import { makePauseStates } from '../../lib/aws/toolkit/pause-states.ts'
import { longestCallMs } from '../../lib/service/pause-state/turn.ts'
import type { Connections } from './context.ts'

/** Connects to the account that the credentials belong to. */
export async function connect(given: AwsConfig, prefix: string): Promise<Connections> {
  const config = { ...given, limits: { tryMs: longestCallMs, callMs: longestCallMs } }
  const account = await describeAccount(config)
  return {
    account,
    region: config.region,
    ecs: makeEcs(config),
    scalableTargets: makeScalableTargets(config),
    groups: makeGroups(config),
    targets: makeTargetHealthReader(config),
    pauseStates: makePauseStates(config, toolkitBucket(prefix, account, config.region)),
  }
}

const answerSeconds = 10

/** Requests a URL and returns the status of the answer; 0 if there is none. */
export async function ask(url: string): Promise<number> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerSeconds * 1000) })
    await answer.body?.cancel()
    return answer.status
  } catch {
    return 0
  }
}
