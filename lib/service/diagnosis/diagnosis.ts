import { blocks, type Markdown, md, renderList, renderTable } from '../../markdown.ts'
import type { ServiceEvidence } from './evidence.ts'
import { type Finding, renderFinding } from './finding.ts'
import { diagnosePlacement } from './placement.ts'
import { diagnoseTargets } from './targets.ts'
import { diagnoseTask } from './task.ts'

/** Why a service does not run: one sentence, all that was found, and what could not be read. */
export type Diagnosis = { sentence: string; findings: readonly Finding[]; unread: readonly string[] }

/**
 * Explains why a service does not run as it should, the deepest cause first: a container before the circuit breaker
 * that counts its failures, a quota before the event that no instance was found. Always says something.
 */
export function diagnose(evidence: ServiceEvidence): Diagnosis {
  const found = listFindings(evidence)
  const findings = found.length > 0 ? found : [fallBack(evidence)]
  return { sentence: findings.slice(0, 1).map(renderFinding).join(), findings, unread: evidence.unread }
}

function listFindings(evidence: ServiceEvidence): Finding[] {
  const tasks = evidence.stoppedTasks.flatMap((task) => diagnoseTask(task) ?? [])
  const targets = diagnoseTargets(evidence.targets)
  const placement = diagnosePlacement(evidence)
  // A load balancer's reason says more than that of the task that it failed; a container's exit more than a target's.
  const [failed, unhealthy] = [tasks.filter(isOwn), tasks.filter((each) => !isOwn(each))]
  return distinct([...failed, ...targets, ...unhealthy, ...placement])
}

const isOwn = ({ subject }: Finding) => !subject.startsWith('target group')

// Each failed try of one task has the same cause.
function distinct(findings: readonly Finding[]): Finding[] {
  const keys = findings.map(({ subject, advice }) => `${subject} ${advice}`)
  return findings.filter((_, at) => keys.indexOf(keys[at] ?? '') === at)
}

function fallBack({ service, desired, running, deployment, events }: ServiceEvidence): Finding {
  const subject = `service ${service}`
  const advice = "look at the service's events and its tasks in the console of ECS"
  const newest = events[0]?.replace(/[.\s]+$/, '')
  if (deployment?.reason) return { subject, cause: deployment.reason, advice }
  const told = newest === undefined ? 'AWS gives no reason' : `its newest event is "${newest}"`
  return { subject, cause: `${running} of ${desired} tasks run, and ${told}`, advice }
}

/** Says what a service is at, for a line while it is waited for, and what keeps it, where that is known. */
export function describeService(evidence: ServiceEvidence): string {
  const [cause] = listFindings(evidence)
  return [describeCounts(evidence), ...(cause ? [renderFinding(cause)] : [])].join('; ')
}

function describeCounts(evidence: ServiceEvidence): string {
  const { service, desired, running, pending, deployment, targets, groups } = evidence
  const failures = deployment?.failures ?? 0
  const starting = groups.filter((group) => group.instances < group.desired)
  return [
    `service ${service}: ${running} of ${desired} tasks run${pending > 0 ? `, ${pending} pending` : ''}`,
    ...(failures > 0 ? [`${failures} of ${deployment?.threshold} failures of the circuit breaker`] : []),
    ...starting.map(({ name, instances, desired }) => `${name}: ${instances} of ${desired} instances`),
    ...targets
      .slice(0, 3)
      .map(({ target, state, reason }) => `${target}: ${state}${reason && ` (${reason})`}`),
  ].join('; ')
}

/** Renders a diagnosis as a table, with what could not be read below it. */
export function renderDiagnosis({ findings, unread }: Diagnosis): Markdown {
  const rows = findings.map(({ subject, cause, advice }) => [subject, cause, advice])
  const table = renderTable(['what', 'why', 'what to do'], rows)
  return blocks(table, ...(unread.length > 0 ? [md`Not read:`, renderList(unread)] : []))
}
