import { messageOf } from '../../../lib/errors.ts'
import { blocks } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { readAuthor } from '../../../lib/service/pause-state/author.ts'
import { awaitDeployments } from '../apply/deployments.ts'
import { pursue } from '../apply/pursue.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import { watchLaunches } from '../apply/watch-launches.ts'
import { describeCluster } from '../observe/cluster.ts'
import type { ClusterState, ServiceState } from '../observe/state.ts'
import { planOperation, renderPlan } from '../plan/plan.ts'
import type { ServicePlan } from '../plan/service-plan.ts'
import { listUnanswered } from '../report/costs.ts'
import { renderNext } from '../report/next.ts'
import { describePursuit, reportPlanned, reportPursuit } from '../report.ts'
import { makeAftermath } from './aftermath.ts'
import type { ClusterRun } from './cluster-run.ts'
import { noteDeleted } from './deleted.ts'
import { explainUnreached } from './explain.ts'
import { explainAwake, type Held, holdAwake } from './hold.ts'
import { lookFirst } from './look-first.ts'
import { noteSchedules } from './schedules.ts'

/** What is wished, and why; `hold` finds the services that it leaves alone. */
export type Wished = {
  operation: 'pause' | 'resume'
  reason: string | undefined
  /** When it was asked for, in epoch milliseconds: later wishes win. */
  startedAt: number
  /** Whether it is noted also of services that stand so already: the calendar says it again at its next run. */
  isNoted: boolean
  hold(state: ClusterState): Held
}

/** Pauses or resumes services of a cluster. */
export async function pursueWish(wished: Wished, run: ClusterRun): Promise<Outcome> {
  const { context, inputs } = run
  const { operation, startedAt } = wished
  const look = async () =>
    await lookFirst(run, startedAt, async (state) => {
      const asked = wished.hold(state)
      return { state, held: operation === 'pause' ? await holdAwake(state, asked, run) : asked }
    })
  const before = await look()
  if (inputs.dryRun) return planOnly(wished, before.state, before.held, run)
  const hasWaited = operation === 'pause' && (await settle(before.state, before.held, run))
  const seenAt = hasWaited ? context.clock.now() : startedAt
  // Who came while a deployment was waited for is in use now.
  const { state, held } = hasWaited ? await look() : before
  const plan = planOperation(operation, state, { ...inputs, isReady: false, given: givenUp(held) })
  const pursuit: Pursuit = {
    ...{ operation, state, seenAt, plan, isReady: false, done: [], waiting: new Map() },
    types: typesOf(state),
    ...{ touched: new Set(), written: new Map() },
    outcomes: new Map([...held, ...refuseMissing(state)]),
  }
  return await carryOut(pursuit, wished, run)
}

function planOnly(wished: Wished, state: ClusterState, held: Held, { inputs }: ClusterRun): Outcome {
  const plan = planOperation(wished.operation, state, { ...inputs, isReady: false, given: givenUp(held) })
  const services = plan.services.filter(({ service }) => !held.has(service))
  const causes = [...held.values()].map(({ cause }) => cause).filter((cause) => cause !== '')
  return reportPlanned([...causes, ...renderPlan({ ...plan, services })])
}

// What they use is left to them.
const givenUp = (held: Held): Set<string> =>
  new Set([...held].filter(([, { kind }]) => kind !== 'already').map(([name]) => name))

const refuseMissing = ({ missing, cluster }: ClusterState): Pursuit['outcomes'] =>
  new Map(
    missing.map((name) => [name, { kind: 'refused', cause: `services: no service "${name}" in ${cluster}` }]),
  )

const typesOf = ({ groups }: ClusterState): Pursuit['types'] =>
  new Map([...groups.values()].flatMap(({ name, instances: [first] }) => (first ? [[name, first.type]] : [])))

async function settle(state: ClusterState, held: Held, run: ClusterRun): Promise<boolean> {
  const { aws, context, inputs } = run
  const running = state.services.filter(({ name, desired }) => desired > 0 && !held.has(name))
  // The pause itself takes its time, too.
  const timeoutSeconds = Math.min(inputs.deploymentSeconds, inputs.timeoutSeconds / 2)
  const names = running.map(({ name }) => name)
  return await awaitDeployments(state.cluster, names, { ...context, aws, timeoutSeconds })
}

async function carryOut(
  pursuit: Pursuit,
  { startedAt, reason, isNoted }: Wished,
  run: ClusterRun,
): Promise<Outcome> {
  const { aws, chosen, context, inputs, setting } = run
  const { timeZone } = setting
  const { log, clock, signal, env } = context
  const author = readAuthor(env, { reason, now: startedAt })
  const actor = { ...author, id: context.makeId(), operation: pursuit.operation }
  const deadline = startedAt + inputs.timeoutSeconds * 1000
  context.remember(() => describePursuit(pursuit, timeZone))
  const { services: plans } = pursuit.plan
  const aftermath = makeAftermath(pursuit, startedAt, run)
  const { services } = chosen
  const { ask } = aftermath
  const explain = (service: ServiceState) => explainAwake(service, clock.now(), run)
  const watch = watchLaunches(startedAt, { ...context, aws })
  const onLook = async (seen: Pursuit) => {
    aftermath.onLook(seen)
    await watch(seen)
  }
  const calls = { ask, onLook, explainAwake: explain, isNoted }
  await pursue(pursuit, { ...inputs, ...calls, services, aws, actor, log, clock, signal, deadline })
  // What stands there now is worth more than what stood there before; where it cannot be asked for, that holds.
  if (pursuit.done.length > 0)
    await describeCluster(chosen.cluster, services, aws).then(
      (state) => Object.assign(pursuit, { state }),
      (error: unknown) => log.info(`${chosen.cluster}: reported as it was seen last: ${messageOf(error)}`),
    )
  const notes = new Set(plans.filter(isPursued(pursuit)).flatMap((plan) => plan.notes))
  for (const note of await noteSchedules(pursuit, run)) notes.add(note)
  for (const note of await noteDeleted(pursuit, run)) notes.add(note)
  if (pursuit.operation === 'pause' && pursuit.state.isWhole)
    for (const note of listUnanswered(pursuit.state.ungrouped)) notes.add(note)
  for (const note of notes) log.warning(note)
  const { sentences, ...explanation } = await explainUnreached(pursuit, startedAt, run)
  const details = blocks(await aftermath.conclude(), explanation.details)
  const next = renderNext(pursuit, { ...setting, now: clock.now() })
  const remarks = { notes: [...notes], sentences, next, details, timeZone }
  return reportPursuit(pursuit, inputs.timeoutSeconds, remarks)
}

// Of what is left alone on purpose, nothing that was planned is true.
const isPursued =
  ({ outcomes }: Pursuit) =>
  ({ service }: ServicePlan) =>
    !/^(skipped|kept-awake)$/.test(outcomes.get(service)?.kind ?? '')
