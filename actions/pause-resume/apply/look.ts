import type { Clock } from '../../../lib/wait.ts'
import type { ServicePlan } from '../plan/service-plan.ts'

// Longer than a read of ECS usually lags behind a write.
export const secondLookMs = 1_000

/** What is to be written down or reported has to be seen twice, some time apart. */
export type Looks = {
  /** Returns whether an earlier look has led to the same plan, long enough ago. */
  isSecond(plan: ServicePlan): boolean
  /** Returns whether a service waits for its second look. */
  isAwaited(): boolean
}

/** Starts to compare the looks of one run. */
export function startLooks(clock: Clock): Looks {
  const first = new Map<string, { text: string; at: number }>()
  let isAwaited = false
  return {
    isSecond: (plan) => {
      const text = JSON.stringify([plan.steps[0], plan.refusal, plan.rest])
      const before = first.get(plan.service)
      if (before?.text === text) {
        const isSecond = clock.now() - before.at >= secondLookMs
        isAwaited ||= !isSecond
        return isSecond
      }
      first.set(plan.service, { text, at: clock.now() })
      isAwaited = true
      return false
    },
    isAwaited: () => {
      const was = isAwaited
      isAwaited = false
      return was
    },
  }
}
