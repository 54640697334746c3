import { type Known, reportUnfinished } from '../../lib/ending.ts'
import { blocks, type Markdown, md, renderList, renderTable } from '../../lib/markdown.ts'
import type { Outcome } from '../../lib/outcome.ts'
import type { ClusterState, ServiceState } from './observe.ts'
import { renderBounds, renderStep, type Step } from './step.ts'

/** Returns the state of a service in one word. */
function statusOf({ desired, running, pending, saved }: ServiceState): string {
  if (desired === 0) return running + pending > 0 ? 'stopping' : saved ? 'paused' : 'at zero'
  return running < desired ? 'starting' : 'running'
}

/** Reports a dry run. */
export function reportPlanned(lines: readonly string[]): Outcome {
  return {
    outputs: { result: 'planned' },
    summary: blocks(md`## Planned`, renderList(lines.length > 0 ? lines : ['nothing to do'])),
    report: { result: 'planned', steps: lines },
  }
}

/** Reports how the services stand at the end. */
export function reportState(result: string, state: ClusterState): Outcome {
  const services = state.services.map((service) => toReport(service, state))
  return {
    outputs: { result, state: JSON.stringify(services) },
    summary: blocks(md`## ${state.cluster}: ${result}`, renderState(state)),
    report: { result, cluster: state.cluster, services },
  }
}

/** Steps of a run, those of them that are done, and the state that was seen last. */
export type Progress = { steps: readonly Step[]; done: readonly Step[]; state: ClusterState }

/** Reports a run that did not do all of its steps. */
export function reportStopped(result: string, sentence: string, progress: Progress): Outcome {
  return reportUnfinished(result, sentence, describeProgress(progress))
}

/** Describes a run that may end at any time: what of its steps is done, and what runs on and costs. */
export function describeProgress({ steps, done, state }: Progress): Known {
  const services = state.services.map((service) => toReport(service, state))
  const tasks = state.services.flatMap(({ name, desired, running, pending }) =>
    running + pending > 0 ? [`${name}: ${running + pending} task(s), desired ${desired}`] : [],
  )
  const instances = [...state.groups.values()].flatMap((group) =>
    group.instances > 0 ? [`${group.name}: ${group.instances} instance(s), desired ${group.desired}`] : [],
  )
  return {
    title: state.cluster,
    outputs: { state: JSON.stringify(services) },
    done: done.map(renderStep),
    notDone: steps.filter((step) => !done.includes(step)).map(renderStep),
    goesOn: done.flatMap((step) => describeEffect(step, state)),
    costs: [...instances, ...tasks],
    details: blocks(renderState(state), renderEvents(state)),
    report: { cluster: state.cluster, services },
  }
}

// ECS and Auto Scaling continue towards a number that was set, whether or not anyone waits.
function describeEffect(step: Step, state: ClusterState): string[] {
  if (step.kind === 'set-desired') {
    const service = state.services.find(({ name }) => name === step.service)
    const tasks = (service?.running ?? 0) + (service?.pending ?? 0)
    return tasks === step.desired ? [] : [`${step.service} goes from ${tasks} to ${step.desired} task(s)`]
  }
  if (step.kind !== 'resize-group') return []
  const { name, desired } = step.size
  const instances = state.groups.get(name)?.instances ?? 0
  return instances === desired ? [] : [`${name} goes from ${instances} to ${desired} instance(s)`]
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

function renderState(state: ClusterState): Markdown {
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
  const right = ['min', 'desired', 'instances']
  return blocks(
    renderTable(['service', 'status', 'tasks', 'scaling', 'saved'], services),
    groups.length > 0 ? renderTable(['Auto Scaling group', ...right], groups, { right }) : md``,
  )
}

function renderEvents({ services }: ClusterState): Markdown {
  const events = services.flatMap((service) => service.events.slice(0, 5))
  return events.length > 0 ? blocks(md`Newest events:`, renderList(events)) : md``
}
