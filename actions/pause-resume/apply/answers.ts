import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import type { Connections } from '../context.ts'
import type { ServiceState } from '../observe/state.ts'
import { chooseAnswers } from '../plan/answers.ts'

/**
 * Lets the load balancers answer in place of services that are paused, or no longer. A service that is paused without
 * such an answer is paused all the same: what fails is a warning.
 */
export async function turnAnswers(
  operation: 'pause' | 'resume',
  services: readonly Pick<ServiceState, 'desired' | 'targetGroups'>[],
  { aws, log }: { aws: Pick<Connections, 'pausedAnswers'>; log: Log },
): Promise<void> {
  const groups = services.flatMap(({ targetGroups }) => targetGroups)
  if (groups.length === 0) return
  try {
    const answers = await aws.pausedAnswers.find(groups)
    for (const { rule } of chooseAnswers(answers, operation, services)) {
      const isPause = operation === 'pause'
      log.info(`${isPause ? 'answer' : 'stop answering'} requests with 503, paused: ${rule}`)
      await aws.pausedAnswers.turn(rule, isPause)
    }
  } catch (error) {
    log.warning(`the answer of the load balancer for paused services stays as it is: ${messageOf(error)}`)
  }
}
