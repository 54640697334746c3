import type { PausedAnswer } from '../../../lib/aws/paused-answers.ts'
import type { ServiceState } from '../observe/state.ts'

type Balanced = Pick<ServiceState, 'desired' | 'targetGroups'>

/**
 * Chooses the rules that have to begin to answer for paused services, or to stop it. One that stands for other target
 * groups too begins only when nothing runs behind any of them.
 */
export function chooseAnswers(
  answers: readonly PausedAnswer[],
  operation: 'pause' | 'resume',
  services: readonly Balanced[],
): PausedAnswer[] {
  const running = services.filter(({ desired }) => desired > 0).flatMap(({ targetGroups }) => targetGroups)
  const stopped = services.filter(({ desired }) => desired === 0).flatMap(({ targetGroups }) => targetGroups)
  const isDead = (group: string) => stopped.includes(group) && !running.includes(group)
  return operation === 'pause'
    ? answers.filter(({ isOn, targetGroups }) => !isOn && targetGroups.every(isDead))
    : answers.filter(
        ({ isOn, targetGroups }) => isOn && targetGroups.some((group) => running.includes(group)),
      )
}
