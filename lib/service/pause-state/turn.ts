import { isHeld } from '../lock.ts'
import type { PauseState, Wish } from './state.ts'

/** Who works on services, and for what: the same as what it may have to leave as a wish. */
export type Actor = Wish

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
