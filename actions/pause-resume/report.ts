import { type Known, reportUnfinished } from '../../lib/ending.ts'
import { blocks, foldTable, type Markdown, md, renderList } from '../../lib/markdown.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { countKinds, listFirst } from '../../lib/quote.ts'
import { renderTime } from '../../lib/service/render-time.ts'
import type { Pursuit, ServiceOutcome } from './apply/pursuit.ts'
import { type ClusterState, type ServiceState, stateOf } from './observe/state.ts'
import { describeCosts } from './report/costs.ts'
import { describeEffects } from './report/effects.ts'
import { renderBounds, renderStep } from './step.ts'

/** Returns the state of a service in one word, judged by what AWS shows, and by what was saved. */
export function statusOf(service: ServiceState): string {
  const { desired, running, pending, found } = service
  if (found.kind === 'damaged') return desired === 0 ? 'at zero, state damaged' : 'running, state damaged'
  const phase = stateOf(service)?.phase
  if (desired === 0) {
    if (running + pending > 0) return 'stopping'
    return phase === 'paused' || phase === 'pausing' || phase === 'resuming' ? phase : 'at zero'
  }
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

/** Reports how the services stand. */
export const reportStatus = (state: ClusterState, body: Markdown = renderState(state)): Outcome =>
  reportState('status', state, { body })

function reportState(
  result: string,
  state: ClusterState,
  { body, next, notes = [] }: { body: Markdown; next?: Markdown; notes?: readonly string[] },
): Outcome {
  const services = state.services.map((service) => toReport(service, state))
  const costs = describeCosts(state)
  return {
    outputs: { result, state: JSON.stringify(services) },
    summary: blocks(
      md`## ${state.cluster}: ${result}`,
      renderCounts(state),
      next ?? md``,
      renderNotes(notes),
      ...(costs.length > 0 && result !== 'resumed' ? [md`**Still costs**`, renderList(costs)] : []),
      body,
    ),
    report: { result, cluster: state.cluster, services, notes, costs },
  }
}

function renderCounts({ services, groups }: ClusterState): Markdown {
  const instances = [...groups.values()].reduce((count, group) => count + group.instances.length, 0)
  return md`**${countKinds(services.map(statusOf)) || 'no service'}**; ${instances} instance(s).`
}

/** What is told of a wish beside its services: what a person should know, why it is not reached, what comes next. */
export type Remarks = {
  notes: readonly string[]
  sentences: readonly string[]
  next: Markdown
  details: Markdown
  timeZone: string | undefined
}

/** Reports how a wish ended: as wished, with details, or what of it is not done, why, and what runs on. */
export function reportPursuit(
  pursuit: Pursuit,
  timeoutSeconds: number,
  { notes = [], sentences: reasons = [], next, details = md``, timeZone }: Partial<Remarks> = {},
): Outcome {
  const result = nameResult(pursuit)
  const causes = [...pursuit.outcomes.values()].flatMap(({ kind, cause }) => {
    if (cause === '' || isHeld(kind)) return []
    return [
      kind === 'timeout'
        ? `${cause}: not done after ${timeoutSeconds / 60} minute(s); run it again to go on`
        : cause,
    ]
  })
  const strays = pursuit.plan.strays.map((name) =>
    pursuit.state.groups.has(name)
      ? `${name}: runs on, since no service that was paused uses it; set its minimum and desired capacity to 0 by hand`
      : `${name}: runs on, since it is in no Auto Scaling group; stop it by hand`,
  )
  const sentences = [...new Set([...causes, ...reasons, ...strays])]
  const skipped = [...pursuit.outcomes.values()].flatMap(({ kind, cause }) => (isHeld(kind) ? [cause] : []))
  const all = [...notes, ...skipped]
  if (sentences.length === 0)
    return reportState(result, pursuit.state, {
      ...(next && { next }),
      notes: all,
      body: blocks(renderState(pursuit.state, timeZone), details),
    })
  const known = describePursuit(pursuit, timeZone)
  return reportUnfinished(result, listFirst(sentences, '; '), {
    ...known,
    details: blocks(renderNotes(all), details, known.details ?? md``),
    report: { ...known.report, notes: all },
  })
}

const renderNotes = (notes: readonly string[]): Markdown =>
  notes.length > 0 ? blocks(md`**To know**`, renderList(notes)) : md``

// What was left alone on purpose.
const isHeld = (kind: ServiceOutcome['kind']) => kind === 'skipped' || kind === 'kept-awake'

// The worst that came to a service names the whole.
const order: readonly ServiceOutcome['kind'][] = [
  'failed',
  'timeout',
  'refused',
  'under way',
  'done',
  'kept-awake',
  'already',
  'skipped',
]

const words: Readonly<Record<ServiceOutcome['kind'], readonly [pause: string, resume: string]>> = {
  failed: ['failed', 'failed'],
  timeout: ['timeout', 'timeout'],
  refused: ['refused', 'refused'],
  'under way': ['pausing', 'resuming'],
  done: ['paused', 'resumed'],
  already: ['already-paused', 'already-running'],
  left: ['already-paused', 'skipped'],
  skipped: ['skipped', 'skipped'],
  'kept-awake': ['kept-awake', 'kept-awake'],
}

function nameResult({ operation, outcomes, plan }: Pursuit): string {
  const kinds = new Set([...outcomes.values()].map(({ kind }) => kind))
  // Where there is no service, nothing runs.
  const worst = order.find((kind) => kinds.has(kind)) ?? 'left'
  return words[plan.strays.length > 0 ? 'failed' : worst][operation === 'pause' ? 0 : 1]
}

/** Describes a wish that may end at any time: what of its steps is done, and what runs on and costs. */
export function describePursuit({ plan, done, state, outcomes }: Pursuit, timeZone?: string): Known {
  const services = state.services.map((service) => toReport(service, state))
  const open = plan.services.filter(
    ({ service }) => !/^(done|already|left|skipped|kept-awake)$/.test(outcomes.get(service)?.kind ?? ''),
  )
  return {
    title: state.cluster,
    outputs: { state: JSON.stringify(services) },
    done: [...new Set(done.map(renderStep))],
    notDone: [
      ...new Set(open.flatMap(({ steps }) => steps.filter((step) => !done.includes(step)).map(renderStep))),
    ],
    goesOn: describeEffects(done, state),
    costs: describeCosts(state),
    details: blocks(renderCounts(state), renderState(state, timeZone), renderEvents(state)),
    report: { cluster: state.cluster, services },
  }
}

function toReport(service: ServiceState, state: ClusterState) {
  const { name, desired, running, pending, bounds, groups, found } = service
  const kept = stateOf(service)
  return {
    service: name,
    status: statusOf(service),
    ...{ desired, running, pending, bounds },
    groups: groups.flatMap((group) => {
      const size = state.groups.get(group)
      return size
        ? [{ name: group, min: size.min, desired: size.desired, instances: size.instances.length }]
        : []
    }),
    ...(kept && { phase: kept.phase, saved: kept.saved, change: kept.change }),
    ...(found.kind === 'damaged' && { damage: found.cause }),
  }
}

function renderState(state: ClusterState, timeZone = 'UTC'): Markdown {
  const services = state.services.map((service) => [
    service.name,
    statusOf(service),
    `${service.running} of ${service.desired}`,
    service.bounds ? renderBounds(service.bounds) : 'no scalable target',
    renderSaved(service, timeZone),
  ])
  const groups = [...state.groups.values()].map(({ name, min, desired, instances }) =>
    [name, min, desired, instances.length].map(String),
  )
  const right = ['min', 'desired', 'instances']
  return blocks(
    foldTable('services', ['service', 'status', 'tasks', 'scaling', 'saved'], services),
    groups.length > 0
      ? foldTable('Auto Scaling groups', ['Auto Scaling group', ...right], groups, { right })
      : md``,
  )
}

function renderSaved(service: ServiceState, timeZone: string): string {
  if (service.found.kind === 'damaged') return service.found.cause
  const { saved, change } = stateOf(service) ?? {}
  if (!saved) return ''
  const by = change?.by ? ` by ${change.by}` : ''
  return `desired ${saved.desired}, since ${renderTime(Date.parse(saved.at), timeZone)}${by}`
}

function renderEvents({ services }: ClusterState): Markdown {
  const events = services.flatMap((service) => service.events.slice(0, 5))
  return events.length > 0 ? blocks(md`Newest events:`, renderList(events)) : md``
}
