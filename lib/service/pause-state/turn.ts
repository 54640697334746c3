import type { Lock, PauseState, Wish } from './state.ts'

/** Who works on services, and for what: the same as what it may have to leave as a wish. */
export type Actor = Wish

/** How long a call may take while a lock is held, with its repetitions; what takes longer is done again at the next look. */
export const longestCallMs = 20_000

// A lock outlasts the call that is made under it, and ends soon after a run that was killed.
const lockSeconds = 40
const renewBelowMs = longestCallMs + 2_000

/**
 * What an actor may do with a service now: work on it; leave its wish for the one who works; wait for that one; or
 * yield, since somebody has asked for the opposite later.
 */
export type Turn = 'work' | 'announce' | 'wait' | 'yield'

/** Decides whose turn it is; `now` in milliseconds since the epoch. */
export function decideTurn(state: PauseState, actor: Actor, now: number): Turn {
  if (isOverruled(state, actor)) return 'yield'
  if (!isHeld(state.lock, actor, now)) return 'work'
  const { wish } = state
  return wish !== undefined && wish.operation === actor.operation && wish.at >= actor.at ? 'wait' : 'announce'
}

function isOverruled({ phase, change, wish, lock }: PauseState, { operation, at }: Actor): boolean {
  const done = phase === 'pausing' || phase === 'paused' ? 'pause' : 'resume'
  const own = lock?.operation === 'deploy' ? undefined : lock
  const claims = [wish, own, change && { ...change, operation: done }]
  return claims.some((claim) => claim !== undefined && claim.operation !== operation && claim.at > at)
}

/** Returns whether another run holds a lock; an attempt of the same run takes over from the one before at once. */
export function isHeld(
  lock: Lock | undefined,
  { id, runUrl }: { id: string; runUrl: string },
  now: number,
): boolean {
  if (lock === undefined || lock.owner === id || (runUrl !== '' && lock.runUrl === runUrl)) return false
  return Date.parse(lock.expiresAt) > now
}

/** Returns whether a lock is the actor's own, and lasts for the next call. */
export const lasts = (lock: Lock | undefined, { id }: { id: string }, now: number): boolean =>
  lock?.owner === id && Date.parse(lock.expiresAt) - now > renewBelowMs

/** Makes the lock of an actor. */
export const makeLock = (
  { id, operation, runUrl, at }: Pick<Lock, 'operation' | 'runUrl' | 'at'> & { id: string },
  now: number,
): Lock => ({
  ...{ owner: id, operation, runUrl, at },
  expiresAt: new Date(now + lockSeconds * 1000).toISOString(),
})
