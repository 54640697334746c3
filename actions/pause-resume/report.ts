import type { Outcome } from '../../lib/action.ts'
import { renderTable } from '../../lib/markdown.ts'
import type { ClusterState, ServiceState } from './observe.ts'
import { renderBounds } from './step.ts'

/** Tells in a word how a service stands. */
function statusOf({ desired, running, pending, saved }: ServiceState): string {
  if (desired === 0) return running + pending > 0 ? 'stopping' : saved ? 'paused' : 'at zero'
  return running < desired ? 'starting' : 'running'
}

/** Reports a dry run. */
export function reportPlanned(lines: readonly string[]): Outcome {
  const summary = [
    '## Planned',
    '',
    ...(lines.length > 0 ? lines : ['nothing to do']).map((line) => `- ${line}`),
  ]
  return {
    outputs: { result: 'planned' },
    summary: summary.join('\n'),
    report: { result: 'planned', steps: lines },
  }
}

/** Reports how the services stand at the end. */
export function reportState(result: string, state: ClusterState, failure?: string): Outcome {
  const services = state.services.map((service) => toReport(service, state))
  return {
    outputs: { result, state: JSON.stringify(services) },
    summary: renderSummary(result, state, failure),
    report: { result, cluster: state.cluster, services },
    failure,
  }
}

function toReport(service: ServiceState, state: ClusterState) {
  const { name, desired, running, pending, bounds, saved, groups } = service
  return {
    service: name,
    status: statusOf(service),
    desired,
    running,
    pending,
    bounds,
    groups: groups.flatMap((group) => state.groups.get(group) ?? []),
    saved,
  }
}

function renderSummary(result: string, state: ClusterState, failure: string | undefined): string {
  const services = state.services.map((service) => [
    service.name,
    statusOf(service),
    `${service.running} of ${service.desired}`,
    service.bounds ? renderBounds(service.bounds) : 'no scalable target',
    service.saved ? `desired ${service.saved.desired}, since ${service.saved.savedAt}` : '',
  ])
  const groups = [...state.groups.values()].map(({ name, min, desired, instances }) =>
    [name, min, desired, instances].map(String),
  )
  const events = state.services.flatMap((service) => (failure ? service.events.slice(0, 5) : []))
  return [
    `## ${state.cluster}: ${result}`,
    '',
    ...(failure ? [failure, ''] : []),
    renderTable(['service', 'status', 'tasks', 'scaling', 'saved'], services),
    ...(groups.length > 0
      ? [
          '',
          renderTable(['Auto Scaling group', 'min', 'desired', 'instances'], groups, {
            right: ['min', 'desired', 'instances'],
          }),
        ]
      : []),
    ...(events.length > 0 ? ['', 'Newest events:', '', ...events.map((event) => `- ${event}`)] : []),
  ].join('\n')
}
