import { isTransientAwsError } from '../../lib/aws/transient-error.ts'
import type { Log } from '../../lib/log.ts'
import { type Clock, endBy, waitUntil } from '../../lib/wait.ts'
import type { Connections, PauseContext } from './context.ts'
import type { Step } from './step.ts'
import { renderStep } from './step.ts'

/** What the steps of a plan are applied with. */
export type ApplyContext = {
  cluster: string
  aws: Connections
  ask: PauseContext['ask']
  log: Log
  clock: Clock
  signal: AbortSignal
  /** Milliseconds since the epoch. */
  deadline: number
  /** Steps that are done, each added as soon as it is. */
  done: Step[]
}

/** Applies steps one after the other. Throws TimeoutError where a wait does not end in time. */
export async function applySteps(steps: readonly Step[], run: ApplyContext): Promise<void> {
  for (const step of steps) {
    run.signal.throwIfAborted()
    run.log.info(renderStep(step))
    await endBy(() => applyStep(step, run), { ...run, what: renderStep(step) })
    run.done.push(step)
  }
}

async function applyStep(step: Step, run: ApplyContext): Promise<unknown> {
  const { cluster, aws } = run
  switch (step.kind) {
    case 'save':
      return await aws.savedStates.save(step.state)
    case 'register':
      return await aws.scalableTargets.register(cluster, step.service, step.bounds)
    case 'set-desired':
      return await aws.ecs.setDesiredCount(cluster, step.service, step.desired)
    case 'resize-group':
      return await aws.groups.resize(step.size)
    case 'forget':
      return await aws.savedStates.remove(cluster, step.service)
    case 'wait-until-stopped':
      return await wait(step, run, async () => await isStopped(step.service, run))
    case 'wait-until-empty':
      return await wait(step, run, async () => {
        const [group] = await aws.groups.describe([step.group])
        return (group?.instances ?? 0) === 0
      })
    case 'wait-until-healthy':
      return await wait(step, run, async () => await isHealthy(step.service, step.desired, run))
    case 'wait-until-ready':
      return await wait(step, run, async () => {
        const status = await run.ask(step.url)
        return status >= 200 && status < 300
      })
  }
}

async function isStopped(service: string, { aws, cluster }: ApplyContext): Promise<boolean> {
  const [found] = await aws.ecs.describeServices(cluster, [service])
  return (found?.running ?? 0) + (found?.pending ?? 0) === 0
}

async function isHealthy(service: string, desired: number, { aws, cluster }: ApplyContext): Promise<boolean> {
  const [found] = await aws.ecs.describeServices(cluster, [service])
  if (!found || found.running < desired) return false
  const groups = await Promise.all(found.targetGroups.map((group) => aws.targets.describe(group)))
  return groups.every((targets) => targets.filter(({ state }) => state === 'healthy').length >= desired)
}

async function wait(step: Step, run: ApplyContext, look: () => Promise<boolean>): Promise<true> {
  const { clock, signal, deadline } = run
  return await waitUntil(async () => ((await look()) ? true : undefined), {
    what: renderStep(step),
    timeoutSeconds: Math.max(0, deadline - clock.now()) / 1000,
    clock,
    signal,
    delaySeconds: 0.2,
    maxDelaySeconds: 10,
    isTransient: isTransientAwsError,
  })
}
