import {
  type Bounds,
  isAllSuspended,
  type Numbers,
  type Saved,
} from '../../../lib/service/pause-state/state.ts'
import type { ClusterState, ServiceState } from '../observe/state.ts'
import { isShut } from './reality.ts'

/**
 * Takes the numbers of a service that a resume will restore. What a pause has set itself (0 to 0, all scaling
 * suspended, a group without a minimum) is never taken for an original: it comes from what was saved before.
 */
export function takeNumbers(service: ServiceState, state: ClusterState, saved: Saved | undefined): Numbers {
  return {
    desired: service.desired,
    bounds: takeBounds(service.bounds, saved?.bounds),
    groups: service.groups.flatMap((name) => {
      const found = state.groups.get(name)
      if (!found) return []
      const before = saved?.groups.find((group) => group.name === name)
      const min = found.min || (before?.min ?? 0)
      // Who wakes a group by hand may ask for fewer than the minimum that the pause took away.
      return [{ name, min, desired: Math.max(found.desired || (before?.desired ?? 0), min) }]
    }),
  }
}

/** Takes bounds, or those that were saved where a pause has set the ones that are there. */
export function takeBounds(found: Bounds | undefined, saved: Bounds | undefined): Bounds | undefined {
  if (found === undefined) return undefined
  if (isShut(found)) return saved
  return saved && isAllSuspended(found) ? { ...found, suspended: saved.suspended } : found
}

/** Returns whether two sets of numbers are the same. */
export const equalNumbers = (a: Numbers, b: Numbers): boolean => toText(a) === toText(b)

const toText = ({ desired, bounds, groups }: Numbers) =>
  JSON.stringify([desired, bounds, groups.map(({ name, min, desired: size }) => [name, min, size])])
