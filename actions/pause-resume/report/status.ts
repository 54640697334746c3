import type { ScalingActivity } from '../../../lib/aws/scaling-activities.ts'
import { blocks, foldTable, type Markdown, md, renderList } from '../../../lib/markdown.ts'
import type { InstancePrice } from '../../../lib/service/instance-price.ts'
import { equalBounds, pausedBounds } from '../../../lib/service/pause-state/state.ts'
import { operationOf } from '../../../lib/service/pause-state/turn.ts'
import { renderTime } from '../../../lib/service/render-time.ts'
import { sumSavings } from '../../../lib/service/savings.ts'
import type { Calendar } from '../calendar/calendar.ts'
import { describeKeepAwake } from '../calendar/decide.ts'
import { stateAt } from '../calendar/state.ts'
import { type ClusterState, type GroupState, type ServiceState, savedOf, stateOf } from '../observe/state.ts'
import type { Surroundings } from '../observe/surroundings.ts'
import { statusOf } from '../report.ts'
import { renderBounds } from '../step.ts'
import { describeCalendar, renderCalendar } from './calendar.ts'
import { renderDuration } from './duration.ts'
import { renderSavings, renderTimeline } from './savings.ts'
import { describeSchedule } from './schedules.ts'

/** What a status is told with. */
export type Telling = {
  calendar: Calendar | undefined
  timeZone: string
  /** Epoch milliseconds. */
  now: number
  priceOf(instanceType: string): InstancePrice | undefined
}

const twoWeeksMs = 14 * 24 * 3_600_000

/** Renders all that a person asks about the services of a cluster. */
export function renderStatus(state: ClusterState, around: Surroundings, telling: Telling): Markdown {
  const { calendar, timeZone, now, priceOf } = telling
  const between = { start: now - twoWeeksMs, end: now }
  const { events } = around.ledger
  return blocks(
    renderServices(state, around, telling),
    renderGroups(state, around, telling),
    renderOdd(state, around),
    renderActivities(around, timeZone),
    renderSchedules(around, timeZone),
    renderSavings(sumSavings(events, between, priceOf), 'Last 14 days'),
    renderTimeline(events, between, timeZone),
    calendar ? renderCalendar(calendar, now) : md``,
  )
}

function renderServices(state: ClusterState, around: Surroundings, telling: Telling): Markdown {
  const rows = state.services.map((service) => [
    service.name,
    statusOf(service),
    ...describeChange(service, telling),
    `${service.desired} / ${service.running} / ${service.pending}`,
    service.bounds ? renderBounds(service.bounds) : 'no scalable target',
    describeTargets(service, around),
    describeNext(service, telling),
  ])
  const header = [
    'service',
    'state',
    'since',
    'by and why',
    'desired / running / pending',
    'scaling',
    'targets',
  ]
  return foldTable('services', [...header, 'next change'], rows)
}

function describeChange(service: ServiceState, { timeZone, now }: Telling): [since: string, who: string] {
  const { change } = stateOf(service) ?? {}
  if (!change) return ['', '']
  const at = Date.parse(change.at)
  const who = [change.by, change.reason].filter((text) => text !== '').join(': ')
  return [`${renderTime(at, timeZone)}, for ${renderDuration(now - at)}`, who]
}

function describeTargets({ name, targetGroups }: ServiceState, { targets, answers }: Surroundings): string {
  const found = targets.get(name) ?? []
  const healthy = found.filter(({ state }) => state === 'healthy').length
  const reasons = [...new Set(found.map(({ reason, description }) => description || reason))].filter(Boolean)
  const own = answers.filter((answer) => answer.targetGroups.some((group) => targetGroups.includes(group)))
  return [
    ...(targetGroups.length > 0 ? [`${healthy} of ${found.length} healthy`] : ['none']),
    ...reasons,
    ...(own.some(({ isOn }) => isOn) ? ['requests are answered with 503, paused'] : []),
  ].join('; ')
}

function describeNext(service: ServiceState, { calendar, timeZone, now }: Telling): string {
  const showTime = (at: number) => renderTime(at, timeZone)
  const awake = describeKeepAwake(stateOf(service)?.keepAwake, { now, showTime })
  const said = calendar === undefined ? undefined : describeCalendar(stateAt(calendar, now), timeZone)
  return [awake, said].filter((text) => text !== undefined).join('; ')
}

function renderGroups(state: ClusterState, around: Surroundings, telling: Telling): Markdown {
  const rows = [...state.groups.values()].map((group) => {
    const type = typeOf(group, around)
    const price = telling.priceOf(type)
    const cost = (count: number) => (price ? `${(count * price.usd).toFixed(2)} USD/h` : 'unknown')
    const warm = group.warm > 0 ? `, and ${group.warm} in the warm pool, whose volumes cost` : ''
    return [
      group.name,
      `${group.instances.length}${warm}`,
      type,
      cost(group.instances.length),
      cost(sizeWhenRunning(group, state)),
      [...new Set(group.users.map(({ label }) => label))].join(', '),
    ]
  })
  if (rows.length === 0) return md``
  const header = ['Auto Scaling group', 'instances', 'type', 'now', 'when running', 'used by']
  return foldTable('Auto Scaling groups', header, rows)
}

// A group without instances has the type that it had when it was paused.
function typeOf({ name, instances }: GroupState, { ledger }: Surroundings): string {
  const [first] = instances
  if (first) return first.type
  const known = ledger.events.flatMap(({ groups }) => groups).findLast((group) => group.name === name)
  return known?.instanceType ?? ''
}

function sizeWhenRunning({ name, desired }: GroupState, { services }: ClusterState): number {
  const saved = services.flatMap((service) => savedOf(service)?.groups ?? [])
  return Math.max(desired, ...saved.filter((group) => group.name === name).map((group) => group.desired))
}

function renderOdd({ services }: ClusterState, { ledger, strays, answers }: Surroundings): Markdown {
  const paused = services.filter(({ desired }) => desired === 0).flatMap(({ targetGroups }) => targetGroups)
  const wrong = answers.filter(
    ({ isOn, targetGroups }) => isOn && targetGroups.some((group) => !paused.includes(group)),
  )
  const odd = [
    ...services.flatMap((service) => describeConflicts(service).map((each) => `${service.name}: ${each}`)),
    ...strays.map((name) => `${name}: a state is saved, and there is no such service`),
    ...ledger.damaged.map((name) => `${name}: no event of the ledger`),
    ...wrong.map(({ rule }) => `${rule}: answers that the service is paused, and a service behind it is not`),
  ]
  return odd.length === 0 ? md`` : blocks(md`To look at:`, renderList(odd))
}

function describeConflicts(service: ServiceState): string[] {
  const { found, desired, bounds } = service
  if (found.kind === 'damaged') return [found.cause]
  const { phase = 'running', wish, saved } = stateOf(service) ?? {}
  return [
    ...(phase === 'paused' && desired > 0 ? ['it was paused, and somebody started it by hand'] : []),
    ...(saved === undefined && equalBounds(bounds, pausedBounds)
      ? ['its scaling is suspended from 0 to 0, and no pause has noted what it was']
      : []),
    ...(wish && wish.operation !== operationOf(phase)
      ? [`${wish.by || 'somebody'} has asked for ${wish.operation}, and it is not done`]
      : []),
  ]
}

function renderActivities({ activities }: Surroundings, timeZone: string): Markdown {
  const lines = [...activities].flatMap(([service, found]) =>
    found.map((activity) => `${service}: ${describeActivity(activity, timeZone)}`),
  )
  return lines.length === 0 ? md`` : blocks(md`Last scaling activities:`, renderList(lines))
}

function renderSchedules({ schedules }: Surroundings, timeZone: string): Markdown {
  const lines = schedules.map((each) => describeSchedule(each, (at) => renderTime(at, timeZone)))
  return lines.length === 0 ? md`` : blocks(md`Scheduled actions of groups:`, renderList(lines))
}

const describeActivity = ({ at, status, description, cause }: ScalingActivity, timeZone: string) =>
  `${renderTime(at, timeZone)}, ${status}: ${description} ${cause}`.trim()
