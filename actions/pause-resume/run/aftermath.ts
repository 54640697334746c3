import { messageOf } from '../../../lib/errors.ts'
import { type Markdown, md } from '../../../lib/markdown.ts'
import { turnAnswers } from '../apply/answers.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import type { PauseContext } from '../context.ts'
import type { ServiceState } from '../observe/state.ts'
import { dividePhases, renderPhases } from '../report/resume-phases.ts'
import type { ClusterRun } from './cluster-run.ts'

/** What belongs to a wish beside the services themselves. */
export type Aftermath = {
  /** Requests the ready URL; before the first time, the load balancer stops answering in place of the services. */
  ask: PauseContext['ask']
  /** Turns the answer, and tells how long a resume took, where something was done. Never throws. */
  conclude(): Promise<Markdown>
}

/** Makes what belongs to a wish beside the services. */
export function makeAftermath(pursuit: Pursuit, startedAt: number, run: ClusterRun): Aftermath {
  const { aws, context } = run
  const { clock, log } = context
  const times: { healthyAt?: number; readyAt?: number } = {}
  return {
    ask: async (url) => {
      if (times.healthyAt === undefined) await turnAnswers('resume', pursuit.state.services, { aws, log })
      times.healthyAt ??= clock.now()
      const status = await context.ask(url)
      if (status >= 200 && status < 300) times.readyAt = clock.now()
      return status
    },
    conclude: async () => {
      const ofKind = (kinds: RegExp) =>
        pursuit.state.services.filter(({ name }) => kinds.test(pursuit.outcomes.get(name)?.kind ?? ''))
      // An earlier run may have been cut before it came to this.
      await turnAnswers(pursuit.operation, ofKind(/^(done|under way|already)$/), { aws, log })
      if (pursuit.operation === 'pause' || !run.inputs.wait) return md``
      const ended = {
        begunAt: startedAt,
        healthyAt: times.healthyAt ?? clock.now(),
        readyAt: times.readyAt,
      }
      return await tellPhases(ofKind(/^done$/), ended, run)
    },
  }
}

async function tellPhases(
  changed: readonly ServiceState[],
  ended: { begunAt: number; healthyAt: number; readyAt: number | undefined },
  { aws, chosen, context }: ClusterRun,
): Promise<Markdown> {
  try {
    const phases = changed.map(async ({ name }) => {
      const tasks = await aws.taskTimes.list(chosen.cluster, name)
      return [name, dividePhases({ ...ended, tasks })] as const
    })
    return renderPhases(new Map(await Promise.all(phases)))
  } catch (error) {
    context.log.info(`how long the phases took is not known: ${messageOf(error)}`)
    return md``
  }
}
