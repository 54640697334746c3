import { messageOf } from '../../../lib/errors.ts'
import { type Markdown, md } from '../../../lib/markdown.ts'
import { turnAnswers } from '../apply/answers.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import type { PauseContext } from '../context.ts'
import type { ServiceState } from '../observe/state.ts'
import { dividePhases, type ResumeTimes, renderPhases } from '../report/resume-phases.ts'
import type { ClusterRun } from './cluster-run.ts'

/** What belongs to a wish beside the services themselves. */
export type Aftermath = {
  /** Requests the ready URL; before the first time, the load balancer stops answering in place of the services. */
  ask: PauseContext['ask']
  /** Notes when each service is healthy; is called after each look. */
  onLook(pursuit: Pursuit): void
  /** Turns the answer, and tells how long a resume took, where something was done. Never throws. */
  conclude(): Promise<Markdown>
}

const reached = /^(done|under way|already)$/

/** Makes what belongs to a wish beside the services. */
export function makeAftermath(pursuit: Pursuit, startedAt: number, run: ClusterRun): Aftermath {
  const { aws, context } = run
  const { clock, log } = context
  const healthyAt = new Map<string, number>()
  let [isAsked, readyAt]: [boolean, number | undefined] = [false, undefined]
  return {
    ask: async (url) => {
      if (!isAsked) await turnAnswers('resume', pursuit.state.services, { aws, log })
      isAsked = true
      const status = await context.ask(url)
      if (status >= 200 && status < 300) readyAt = clock.now()
      return status
    },
    onLook: ({ plan }) => {
      for (const { service, steps } of plan.services)
        if (steps.some(({ kind }) => kind === 'wait-until-healthy')) healthyAt.delete(service)
        else if (!healthyAt.has(service)) healthyAt.set(service, clock.now())
    },
    conclude: async () => {
      const ofKind = (kinds: RegExp) =>
        pursuit.state.services.filter(({ name }) => kinds.test(pursuit.outcomes.get(name)?.kind ?? ''))
      // An earlier run may have been cut before it came to this. What a resume has started may be healthy after its time,
      // and would get no request behind an answer that stays.
      const ended =
        pursuit.operation === 'pause' ? reached : /^(done|under way|already|timeout|failed|refused)$/
      await turnAnswers(pursuit.operation, ofKind(ended), { aws, log })
      if (pursuit.operation === 'pause' || !run.inputs.wait) return md``
      const timesOf = (service: string) => {
        const at = healthyAt.get(service) ?? clock.now()
        return { begunAt: startedAt, healthyAt: at, readyAt }
      }
      return await tellPhases(ofKind(/^done$/), timesOf, run)
    },
  }
}

async function tellPhases(
  changed: readonly ServiceState[],
  timesOf: (service: string) => Omit<ResumeTimes, 'tasks'>,
  { aws, chosen, context }: ClusterRun,
): Promise<Markdown> {
  try {
    const phases = changed.map(async ({ name }) => {
      const tasks = await aws.taskTimes.list(chosen.cluster, name)
      return [name, dividePhases({ ...timesOf(name), tasks })] as const
    })
    return renderPhases(new Map(await Promise.all(phases)))
  } catch (error) {
    context.log.info(`how long the phases took is not known: ${messageOf(error)}`)
    return md``
  }
}
