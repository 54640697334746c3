import { endingOf } from '../../lib/ending.ts'
import { TimeoutError } from '../../lib/errors.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { applySteps } from './apply.ts'
import type { Connections, PauseContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { type ClusterState, describeCluster } from './observe.ts'
import { planPause, planResume } from './plan.ts'
import { describeProgress, reportPlanned, reportState, reportStopped } from './report.ts'
import { renderStep, type Step } from './step.ts'

/** Pauses or resumes services of a cluster, or reports their state. */
export async function run(context: PauseContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const aws = await context.connect(inputs.prefix)
  const state = await describeCluster(inputs.cluster, inputs.services, aws)
  for (const [group, service] of state.sharedGroups) {
    context.log.info(`${group} stays as it is: ${service} needs it`)
  }
  if (inputs.operation === 'status') return reportState('status', state)
  const plan = inputs.operation === 'pause' ? planPause : planResume
  const steps = plan(state, { ...inputs, now: new Date(context.clock.now()).toISOString() })
  if (inputs.dryRun) return reportPlanned(steps.map(renderStep))
  if (steps.length === 0) {
    return reportState(inputs.operation === 'pause' ? 'already-paused' : 'already-running', state)
  }
  return await apply(steps, state, inputs, aws, context)
}

async function apply(
  steps: readonly Step[],
  state: ClusterState,
  inputs: Inputs,
  aws: Connections,
  context: PauseContext,
): Promise<Outcome> {
  const { log, clock, signal, ask } = context
  const deadline = clock.now() + inputs.timeoutSeconds * 1000
  const { cluster } = inputs
  const progress = { steps, done: [] as Step[], state }
  context.remember(() => describeProgress(progress))
  const look = async () => {
    progress.state = await describeCluster(cluster, inputs.services, aws)
    return progress.state
  }
  try {
    await applySteps(steps, { cluster, aws, ask, log, clock, signal, deadline, done: progress.done })
    return reportState(inputs.operation === 'pause' ? 'paused' : 'resumed', await look())
  } catch (error) {
    // What stands there now is worth more than what stood there before; where it cannot be asked for, that holds.
    await look().catch(() => log.info(`${cluster}: cannot be looked at again; reported as it was seen last`))
    if (!(error instanceof TimeoutError) || endingOf(error, signal) === 'cancelled') throw error
    const limit = `not done after ${inputs.timeoutSeconds / 60} minutes; run it again to go on`
    return reportStopped('timeout', `${error.what}: ${limit}`, progress)
  }
}
