import { isTransientAwsError } from '../../lib/aws/transient-error.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { readAuthor } from '../../lib/service/pause-state/author.ts'
import { waitUntil } from '../../lib/wait.ts'
import { pursue } from './apply/pursue.ts'
import type { Pursuit } from './apply/pursuit.ts'
import type { Connections, PauseContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { describeCluster } from './observe/cluster.ts'
import type { ClusterState } from './observe/state.ts'
import { planOperation, renderPlan } from './plan/plan.ts'
import { describePursuit, reportPlanned, reportPursuit, reportStatus } from './report.ts'

/** Pauses or resumes services of a cluster, or reports their state. */
export async function run(context: PauseContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const aws = await context.connect(inputs.prefix)
  const seenAt = context.clock.now()
  const state = await lookFirst(inputs, aws, context)
  const { operation } = inputs
  if (operation === 'status') return reportStatus(state)
  const plan = planOperation(operation, state, { ...inputs, isReady: false, given: new Set() })
  if (inputs.dryRun) return reportPlanned(renderPlan(plan))
  const pursuit: Pursuit = {
    ...{ operation, state, seenAt, plan, isReady: false },
    ...{
      done: [],
      outcomes: refuseMissing(state),
      waiting: new Map(),
      touched: new Set(),
      written: new Map(),
    },
  }
  return await carryOut(pursuit, inputs, aws, context)
}

// AWS may be busy at the start as well as later.
const lookFirst = async (
  { cluster, services, timeoutSeconds }: Inputs,
  aws: Connections,
  { clock, signal }: PauseContext,
): Promise<ClusterState> =>
  await waitUntil(async () => await describeCluster(cluster, services, aws), {
    ...{ what: `look at ${cluster}`, timeoutSeconds, clock, signal, isTransient: isTransientAwsError },
  })

const refuseMissing = ({ missing, cluster }: ClusterState): Pursuit['outcomes'] =>
  new Map(
    missing.map((name) => [name, { kind: 'refused', cause: `services: no service "${name}" in ${cluster}` }]),
  )

async function carryOut(
  pursuit: Pursuit,
  inputs: Inputs,
  aws: Connections,
  context: PauseContext,
): Promise<Outcome> {
  const { log, clock, signal, ask, env } = context
  const author = readAuthor(env, { reason: inputs.reason, now: pursuit.seenAt })
  const actor = { ...author, id: context.makeId(), operation: pursuit.operation }
  const { services, wait, readyUrl, timeoutSeconds } = inputs
  const deadline = clock.now() + timeoutSeconds * 1000
  context.remember(() => describePursuit(pursuit))
  const notes = new Set(pursuit.plan.services.flatMap((plan) => plan.notes))
  await pursue(pursuit, { aws, actor, ask, log, clock, signal, deadline, services, wait, readyUrl })
  // What stands there now is worth more than what stood there before; where it cannot be asked for, that holds.
  if (pursuit.done.length > 0)
    await describeCluster(inputs.cluster, services, aws).then(
      (state) => Object.assign(pursuit, { state }),
      () => log.info(`${inputs.cluster}: cannot be looked at again; reported as it was seen last`),
    )
  for (const note of notes) log.warning(note)
  return reportPursuit(pursuit, [...notes], timeoutSeconds)
}
