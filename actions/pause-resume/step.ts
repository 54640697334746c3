import type { Bounds, GroupSize, Numbers } from '../../lib/service/pause-state/state.ts'
import { withoutSecrets } from '../../lib/url.ts'

/** One step of a plan, in the words of the API that it calls. */
export type Step =
  /** Writes down what is begun; `numbers` is undefined where what was saved before stays. */
  | { kind: 'begin'; service: string; phase: 'pausing' | 'resuming'; numbers: Numbers | undefined }
  | { kind: 'register'; service: string; bounds: Bounds }
  | { kind: 'set-desired'; service: string; desired: number }
  | { kind: 'wait-until-stopped'; service: string }
  | { kind: 'wait-until-unused'; group: string; by: string }
  | { kind: 'resize-group'; size: GroupSize }
  | { kind: 'wait-until-empty'; group: string; reason: string }
  | { kind: 'wait-until-healthy'; service: string; desired: number }
  | { kind: 'wait-until-ready'; url: string }
  /** Writes down what is reached. */
  | { kind: 'end'; service: string; phase: 'paused' | 'running' }

/** Returns whether a step changes nothing: the next look decides whether it is over. */
export const isWait = ({ kind }: Step): boolean => kind.startsWith('wait-')

/** Renders a step as a line of the log. */
export function renderStep(step: Step): string {
  switch (step.kind) {
    case 'begin':
      if (step.numbers === undefined)
        return `note that ${step.service} is ${step.phase}, with the numbers that are saved`
      return step.phase === 'resuming'
        ? `note that ${step.service} is resuming, with the numbers that it has`
        : `save the state of ${step.service}: desired count ${step.numbers.desired}`
    case 'register':
      return `set the scalable target of ${step.service} to ${renderBounds(step.bounds)}`
    case 'set-desired':
      return `set the desired count of ${step.service} to ${step.desired}`
    case 'resize-group':
      return `set the Auto Scaling group ${renderSize(step.size)}`
    case 'end':
      return `note that ${step.service} is ${step.phase}`
    case 'wait-until-stopped':
      return `wait until the tasks of ${step.service} are gone`
    case 'wait-until-unused':
      return `wait until ${step.by} has left the instances of ${step.group}`
    case 'wait-until-empty':
      return `wait until the instances of ${step.group} are gone${step.reason === '' ? '' : ` (${step.reason})`}`
    case 'wait-until-healthy':
      return `wait until ${step.service} runs ${step.desired} healthy task(s)`
    case 'wait-until-ready':
      return `wait until ${withoutSecrets(step.url)} answers`
  }
}

const renderSize = ({ name, min, desired }: GroupSize) => `${name} to min ${min}, desired ${desired}`

/** Renders bounds in a few words. */
export function renderBounds({ min, max, suspended }: Bounds): string {
  const flags = Object.values(suspended)
  const state = flags.every(Boolean) ? 'suspended' : flags.some(Boolean) ? 'partly suspended' : 'active'
  return `min ${min}, max ${max}, scaling ${state}`
}
