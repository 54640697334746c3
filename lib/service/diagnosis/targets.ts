import type { TargetEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import { healthAdvice } from './task.ts'

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
const advices: Readonly<Record<string, string>> = {
  'Target.ResponseCodeMismatch':
    'let the program answer the health check with the status that it expects, or wait longer for a program that still starts',
  'Target.Timeout':
    'let the security group of the tasks admit the load balancer on the port, and the program answer in time',
  'Target.FailedHealthChecks': 'check that the program listens on the port, on all addresses (0.0.0.0)',
  'Target.NotInUse': 'add a listener or rule that forwards to the target group, in the zone of the target',
  'Target.IpUnusable': 'use another address: this one belongs to a load balancer',
  'Elb.InternalError': 'wait: the load balancer has a fault of its own',
}

// Those that are on their way.
const passing = /^(initial|draining|healthy|unused)$/

/** Explains why targets are not healthy, one finding for each reason in a group. */
export function diagnoseTargets(targets: readonly TargetEvidence[]): Finding[] {
  const found = new Map<string, Finding>()
  for (const { group, target, state, reason, description } of targets) {
    if (passing.test(state) && reason !== 'Target.NotInUse') continue
    const key = `${group} ${reason}`
    if (found.has(key)) continue
    found.set(key, {
      subject: `target group ${group}`,
      cause: `${target} is ${state}: ${description || reason || 'no reason given'}`,
      advice: advices[reason] ?? healthAdvice,
    })
  }
  return [...found.values()]
}
