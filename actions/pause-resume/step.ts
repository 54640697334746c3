import type { Bounds, GroupSize, SavedState } from '../../lib/service/saved-state.ts'
import { withoutSecrets } from '../../lib/url.ts'

/** One step of a plan, in the words of the API that it calls. */
export type Step =
  | { kind: 'save'; state: SavedState }
  | { kind: 'register'; service: string; bounds: Bounds }
  | { kind: 'set-desired'; service: string; desired: number }
  | { kind: 'wait-until-stopped'; service: string }
  | { kind: 'resize-group'; size: GroupSize }
  | { kind: 'wait-until-empty'; group: string }
  | { kind: 'wait-until-healthy'; service: string; desired: number }
  | { kind: 'wait-until-ready'; url: string }
  | { kind: 'forget'; service: string }

/** Renders a step as a line of the log. */
export function renderStep(step: Step): string {
  switch (step.kind) {
    case 'save':
      return `save the state of ${step.state.service}: desired count ${step.state.desired}`
    case 'register':
      return `set the scalable target of ${step.service} to ${renderBounds(step.bounds)}`
    case 'set-desired':
      return `set the desired count of ${step.service} to ${step.desired}`
    case 'resize-group':
      return `set the Auto Scaling group ${renderSize(step.size)}`
    case 'forget':
      return `remove the saved state of ${step.service}`
    case 'wait-until-stopped':
      return `wait until the tasks of ${step.service} are gone`
    case 'wait-until-empty':
      return `wait until the instances of ${step.group} are gone`
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
