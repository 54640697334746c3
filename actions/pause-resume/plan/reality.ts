import {
  allSuspended,
  type Bounds,
  isAllSuspended,
  type Phase,
} from '../../../lib/service/pause-state/state.ts'

/**
 * What AWS shows of a service:
 * - `awake`: it is asked for tasks, and its bounds allow some. Nobody may take that for paused, whatever is saved;
 * - `half-resumed`: as a resume leaves it before its end: bounds restored, perhaps not all tasks yet;
 * - `forced`: it is asked for tasks by hand, above bounds of 0 to 0;
 * - `idle`: no tasks, but its bounds allow some;
 * - `down`: as a pause leaves it: 0 to 0, all scaling suspended;
 * - `at zero`: no tasks, and nothing that could bring some.
 */
export type Reality = 'awake' | 'half-resumed' | 'forced' | 'idle' | 'down' | 'at zero'

/** Returns whether bounds allow no task. */
export const isShut = (bounds: Bounds | undefined): boolean => bounds?.max === 0

/** Judges what AWS shows; `restored` are the numbers that a resume of this service restores. */
export function judgeReality(
  { desired, bounds }: { desired: number; bounds: Bounds | undefined },
  phase: Phase,
  restored: { desired: number; bounds: Bounds | undefined } | undefined,
): Reality {
  const isOurs = phase === 'resuming' && restored?.bounds && !isShut(restored.bounds)
  if (isOurs && haveSameLimits(bounds, restored.bounds) && desired <= restored.desired) return 'half-resumed'
  if (desired > 0) return isShut(bounds) ? 'forced' : 'awake'
  if (bounds === undefined) return 'at zero'
  if (!isShut(bounds)) return 'idle'
  return isAllSuspended(bounds) ? 'down' : 'at zero'
}

/**
 * Returns whether a service was changed by hand since a pause took it down, or since a resume set its bounds: no scaling
 * acts on it then, and a deployment leaves it as it is.
 */
export function isChangedByHand(
  reality: Reality,
  phase: Phase,
  bounds: Bounds | undefined,
  restored: { bounds: Bounds | undefined } | undefined,
): boolean {
  if (phase === 'paused') return reality === 'awake' || reality === 'forced'
  return phase === 'resuming' && reality === 'awake' && !haveSameLimits(bounds, restored?.bounds)
}

/** Returns whether two bounds allow the same, whatever is suspended. */
export const haveSameLimits = (a: Bounds | undefined, b: Bounds | undefined): boolean =>
  a?.min === b?.min && a?.max === b?.max

/** Bounds as a resume sets them first: the scaling must not meet a service that starts. */
export const holdBounds = (bounds: Bounds): Bounds => ({
  ...bounds,
  suspended: allSuspended,
})
