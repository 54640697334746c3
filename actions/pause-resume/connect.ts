import { makeScalableTargets } from '../../lib/aws/application-autoscaling.ts'
import { makeGroups } from '../../lib/aws/autoscaling.ts'
import type { AwsConfig } from '../../lib/aws/client.ts'
import { makeDeployments } from '../../lib/aws/deployments.ts'
import { makeEcs } from '../../lib/aws/ecs.ts'
import { makeServiceEvidence } from '../../lib/aws/evidence/service.ts'
import { makeGroupSchedules } from '../../lib/aws/group-schedules.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { makeLaunchFailures } from '../../lib/aws/launch-failures.ts'
import { makePausedAnswers } from '../../lib/aws/paused-answers.ts'
import { makeRequestCounts } from '../../lib/aws/request-count.ts'
import { makeScalingActivities } from '../../lib/aws/scaling-activities.ts'
import { makeServiceFinder } from '../../lib/aws/service-finder.ts'
import { makeEc2Quotas } from '../../lib/aws/service-quotas.ts'
import { makeTargetHealthReader } from '../../lib/aws/target-health.ts'
import { makeTaskProtection } from '../../lib/aws/task-protection.ts'
import { makeTaskTimesReader } from '../../lib/aws/task-times.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { makeLedger } from '../../lib/aws/toolkit/ledger.ts'
import { makeObjectNames } from '../../lib/aws/toolkit/object-names.ts'
import { makePauseStates } from '../../lib/aws/toolkit/pause-states.ts'
import { longestCallMs } from '../../lib/service/lock.ts'
import type { Connections } from './context.ts'

/** Connects to the account that the credentials belong to. */
export async function connect(given: AwsConfig, prefix: string): Promise<Connections> {
  const config = { ...given, limits: { tryMs: longestCallMs, callMs: longestCallMs } }
  const account = await describeAccount(config)
  const bucket = toolkitBucket(prefix, account, config.region)
  return {
    account,
    region: config.region,
    ecs: makeEcs(config),
    scalableTargets: makeScalableTargets(config),
    groups: makeGroups(config),
    targets: makeTargetHealthReader(config),
    pauseStates: makePauseStates(config, bucket),
    finder: makeServiceFinder(config),
    ledger: makeLedger(config, bucket),
    objectNames: makeObjectNames(config, bucket),
    activities: makeScalingActivities(config),
    groupSchedules: makeGroupSchedules(config),
    launchFailures: makeLaunchFailures(config),
    pausedAnswers: makePausedAnswers(config),
    requestCounts: makeRequestCounts(config),
    serviceEvidence: makeServiceEvidence(config, makeEc2Quotas(config)),
    taskProtection: makeTaskProtection(config),
    deployments: makeDeployments(config),
    taskTimes: makeTaskTimesReader(config),
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
