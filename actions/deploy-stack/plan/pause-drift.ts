import type { ResourceDrift } from '../../../lib/aws/stack-drift.ts'

// What pause-resume changes beside CloudFormation, and puts back.
const changedByPause: Readonly<Record<string, RegExp>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': /^\/(MinCapacity|MaxCapacity|SuspendedState)(\/|$)/,
  'AWS::AutoScaling::AutoScalingGroup': /^\/(MinSize|DesiredCapacity)$/,
  'AWS::ECS::Service': /^\/DesiredCount$/,
  'AWS::ElasticLoadBalancingV2::ListenerRule': /^\/Conditions(\/|$)/,
}

/** Leaves out what a pause changed: resources that differ in nothing else are as they should be. */
export function withoutPause(drifts: readonly ResourceDrift[]): ResourceDrift[] {
  return drifts.flatMap((drift) => {
    const known = changedByPause[drift.type]
    const differences = drift.differences.filter(({ path }) => !known?.test(path))
    return differences.length === 0 && drift.differences.length > 0 ? [] : [{ ...drift, differences }]
  })
}
