import { clockSkewMs, isHeld } from '../lock.ts'
import type { PauseState, Phase, Wish } from './state.ts'

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
  return [state.wish, workOf(state)].some((claim) => isLaterSame(claim, actor)) ? 'wait' : 'announce'
}

/** Returns which operation brings a phase about. */
export const operationOf = (phase: Phase): Wish['operation'] =>
  phase === 'pausing' || phase === 'paused' ? 'pause' : 'resume'

/** Returns whether a run that comes later, and has asked before, sees by the state that it has to yield to an actor. */
export const isNoted = (state: PauseState, actor: Actor): boolean =>
  [state.wish, lastOf(state)].some((claim) => isLaterSame(claim, actor))

/**
 * Leaves out of a state what nobody can have asked for yet: written by a machine whose clock is wrong, or by hand, it
 * would overrule everybody until then.
 */
export function withoutFuture(state: PauseState, now: number): PauseState {
  const past = <T extends { at: string }>(claim: T | undefined) =>
    claim && Date.parse(claim.at) <= now + clockSkewMs ? claim : undefined
  return { ...state, change: past(state.change), wish: past(state.wish), lock: past(state.lock) }
}

type Claim = Pick<Wish, 'operation' | 'at'> | undefined

const workOf = ({ lock }: PauseState): Claim =>
  lock && lock.operation !== 'deploy' ? { operation: lock.operation, at: lock.at } : undefined

const lastOf = ({ phase, change }: PauseState): Claim =>
  change && { operation: operationOf(phase), at: change.at }

const isLaterSame = (claim: Claim, { operation, at }: Actor) =>
  claim !== undefined && claim.operation === operation && claim.at >= at

function isOverruled(state: PauseState, { operation, at }: Actor): boolean {
  const claims = [state.wish, workOf(state), lastOf(state)]
  return claims.some((claim) => claim !== undefined && claim.operation !== operation && claim.at > at)
}
