import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { messageOf, TimeoutError } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { endBy } from '../../../lib/wait.ts'
import { describeCluster } from '../observe/cluster.ts'
import { planOperation } from '../plan/plan.ts'
import { advance } from './advance.ts'
import { giveBack } from './lease.ts'
import { type Looks, secondLookMs, startLooks } from './look.ts'
import type { Pursuit, PursuitContext } from './pursuit.ts'

const shortestPauseMs = 200
const longestPauseMs = 10_000
const servicesAtATime = 8
// ECS still shows an instance for a moment that has ended, and that its group does not have any more.
const strayMs = 60_000

/**
 * Looks, plans and does what can be done, again and again, until each service has its outcome or the time is up.
 * Whatever others do meanwhile, and wherever a run before was cut, the next look sees it.
 */
export async function pursue(pursuit: Pursuit, context: PursuitContext): Promise<void> {
  const looks = startLooks(context.clock)
  try {
    await repeat(pursuit, looks, context)
  } finally {
    await giveBack(pursuit, context).catch((error: unknown) =>
      context.log.info(`the locks end by themselves: ${messageOf(error)}`),
    )
  }
}

async function repeat(pursuit: Pursuit, looks: Looks, context: PursuitContext): Promise<void> {
  const { clock, signal, deadline } = context
  const what = `${pursuit.operation} of ${pursuit.state.cluster}`
  const names = pursuit.state.services.map(({ name }) => name)
  let pauseMs = shortestPauseMs
  let strays = { text: '', since: clock.now() }
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted()
    const before = pursuit.done.length
    const work = async () => {
      if (!isFirst) await look(pursuit, context)
      await context.onLook(pursuit)
      return await act(pursuit, looks, context)
    }
    const isOver = await endBy(work, { what, deadline, clock }).catch(stopAtDeadline)
    const text = pursuit.plan.strays.join()
    if (text !== strays.text) strays = { text, since: clock.now() }
    if (isOver && (text === '' || clock.now() - strays.since >= strayMs)) return endDeleted(names, pursuit)
    pauseMs = pursuit.done.length > before ? shortestPauseMs : Math.min(pauseMs * 1.5, longestPauseMs)
    const nextMs = looks.isAwaited() ? secondLookMs : pauseMs
    if (isOver === undefined || clock.now() + nextMs > deadline) return endInTime(pursuit)
    await clock.sleep(nextMs, signal)
  }
}

function stopAtDeadline(error: unknown): undefined {
  if (!(error instanceof TimeoutError)) throw error
}

/** Lets each service advance; returns whether all have their outcome. */
async function act(pursuit: Pursuit, looks: Looks, context: PursuitContext): Promise<boolean> {
  const { state, plan, outcomes } = pursuit
  await askReady(pursuit, context)
  // What is as wished may not stay so as long as the run works on others.
  const open = plan.services.filter(({ service }) => (outcomes.get(service)?.kind ?? 'already') === 'already')
  for (const { service } of open) outcomes.delete(service)
  await mapConcurrently(open, { concurrency: servicesAtATime }, async (each) => {
    const service = state.services.find(({ name }) => name === each.service)
    if (service) await advance(service, each, pursuit, looks, context)
  })
  return pursuit.plan.services.every(({ service }) => outcomes.has(service))
}

// The URL stands for all services: it is asked when each of them waits for nothing else.
async function askReady(pursuit: Pursuit, context: PursuitContext): Promise<void> {
  const { readyUrl, ask } = context
  const open = pursuit.plan.services.filter(
    ({ service, steps }) => steps.length > 0 && !pursuit.outcomes.has(service),
  )
  if (readyUrl === undefined || pursuit.isReady || open.length === 0) return
  if (!open.every(({ steps: [first] }) => first?.kind === 'wait-until-ready')) return
  const status = await ask(readyUrl)
  pursuit.isReady = status >= 200 && status < 300
  if (pursuit.isReady) replan(pursuit, context)
}

/** Looks at the cluster again; where it cannot be seen for a moment, what was seen last stands. */
async function look(pursuit: Pursuit, context: PursuitContext): Promise<void> {
  const { aws, services, clock, log, signal } = context
  const seenAt = clock.now()
  try {
    pursuit.state = await describeCluster(pursuit.state.cluster, services, aws)
    pursuit.seenAt = seenAt
    replan(pursuit, context)
  } catch (error) {
    signal.throwIfAborted()
    if (!isTransientAwsError(error)) throw error
    log.info(`${pursuit.state.cluster}: cannot be seen for a moment: ${messageOf(error)}`)
  }
}

function replan(pursuit: Pursuit, { wait, readyUrl, onConflict }: PursuitContext): void {
  const given = new Set(
    [...pursuit.outcomes].flatMap(([service, { kind }]) =>
      /^(done|already|left|under way)$/.test(kind) ? [] : [service],
    ),
  )
  const choice = { wait, readyUrl, onConflict, isReady: pursuit.isReady, given }
  pursuit.plan = planOperation(pursuit.operation, pursuit.state, choice)
}

function endInTime({ plan, outcomes, waiting }: Pursuit): void {
  for (const { service } of plan.services) {
    if (outcomes.has(service)) continue
    outcomes.set(service, { kind: 'timeout', cause: waiting.get(service) ?? `${service}: not done` })
  }
}

// What somebody deletes meanwhile has no tasks; it does not come back either.
function endDeleted(names: readonly string[], { operation, outcomes }: Pursuit): void {
  for (const name of names) {
    if (outcomes.has(name)) continue
    if (operation === 'pause') outcomes.set(name, { kind: 'done', cause: '' })
    else outcomes.set(name, { kind: 'failed', cause: `${name}: was deleted meanwhile` })
  }
}
