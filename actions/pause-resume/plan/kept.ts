import type { Numbers, Saved } from '../../../lib/service/pause-state/state.ts'
import type { ClusterState, ServiceState } from '../observe/state.ts'
import { equalNumbers, takeBounds } from './take.ts'

/**
 * Adds to saved numbers that stay what somebody has set since, and the next pause overwrites: bounds where none are saved,
 * and, with `isRaised`, a larger minimum of a group, which a pause has set to 0. Undefined where there is nothing.
 */
export function keepNumbers(
  saved: Saved,
  { bounds }: ServiceState,
  { groups }: ClusterState,
  isRaised: boolean,
): Numbers | undefined {
  const kept = {
    ...saved,
    bounds: saved.bounds ?? takeBounds(bounds, undefined),
    groups: saved.groups.map(({ name, ...size }) => {
      const min = Math.max(size.min, isRaised ? (groups.get(name)?.min ?? 0) : 0)
      return { name, min, desired: Math.max(size.desired, min) }
    }),
  }
  return equalNumbers(kept, saved) ? undefined : kept
}

/** Says that saved numbers stay, and what they get. */
export function explainKept(
  name: string,
  saved: Saved,
  kept: Numbers | undefined,
  isRestored: boolean,
): string[] {
  const { bounds, groups } = kept ?? saved
  const raised = groups.filter(({ min }, at) => min > (saved.groups[at]?.min ?? 0))
  return [
    ...(isRestored
      ? [`${name}: was changed by hand since ${saved.at}; the numbers that are saved stay`]
      : []),
    ...(bounds && !saved.bounds
      ? [
          `${name}: has got a scalable target since ${saved.at}; its bounds of ${bounds.min} to ${bounds.max} are saved`,
        ]
      : []),
    ...raised.map(
      (group) =>
        `${group.name}: got a minimum of ${group.min} since ${saved.at}; it is saved, and comes back with a resume`,
    ),
  ]
}
