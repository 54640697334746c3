import type { Outcome } from '../../lib/action.ts'
import { TimeoutError } from '../../lib/errors.ts'
import { applySteps } from './apply.ts'
import type { Connections, PauseContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { describeCluster } from './observe.ts'
import { planPause, planResume } from './plan.ts'
import { reportPlanned, reportState } from './report.ts'
import { renderStep, type Step } from './step.ts'

/** Pauses or resumes services of a cluster, or tells how they stand. */
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
  return await apply(steps, inputs, aws, context)
}

async function apply(
  steps: readonly Step[],
  inputs: Inputs,
  aws: Connections,
  context: PauseContext,
): Promise<Outcome> {
  const { log, clock, signal, ask } = context
  const deadline = clock.now() + inputs.timeoutSeconds * 1000
  const { cluster } = inputs
  const describe = async () => await describeCluster(cluster, inputs.services, aws)
  try {
    await applySteps(steps, { cluster, aws, ask, log, clock, signal, deadline })
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    const limit = `not done after ${inputs.timeoutSeconds / 60} minutes; run it again to go on`
    return reportState('timeout', await describe(), `${error.what}: ${limit}`)
  }
  return reportState(inputs.operation === 'pause' ? 'paused' : 'resumed', await describe())
}
