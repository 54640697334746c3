import { lasts, makeLock } from '../../../lib/service/lock.ts'
import { newPauseState, type PauseState } from '../../../lib/service/pause-state/state.ts'
import { updatePauseState } from '../../../lib/service/pause-state/states.ts'
import { decideTurn, isNoted, type Turn, withoutFuture } from '../../../lib/service/pause-state/turn.ts'
import type { ServiceState } from '../observe/state.ts'
import type { Pursuit, PursuitContext } from './pursuit.ts'

/** The state of one service in the hands of one run. Each write replaces what was read, or fails. */
export type Lease = {
  turn: Turn
  state: PauseState
  /** Replaces the state, with the lock renewed unless it is given back; returns false where others were faster. */
  write(change: Partial<PauseState>): Promise<boolean>
  /** Makes the lock the run's own, long enough for the next call; returns false where others were faster. */
  hold(): Promise<boolean>
  /**
   * Notes what is wished of a service that stands so already, for whoever has asked for the opposite before, and for
   * the calendar; returns false where others were faster.
   */
  note(): Promise<boolean>
}

/** Opens the state of a service as it was seen. */
export function openLease(
  service: ServiceState,
  { state: { cluster }, touched }: Pursuit,
  context: PursuitContext,
): Lease {
  const { actor, aws, clock } = context
  const { found, name } = service
  let state = found.kind === 'found' ? withoutFuture(found.state, clock.now()) : newPauseState(cluster, name)
  let tag = found.kind === 'found' ? found.tag : undefined
  const write = async (change: Partial<PauseState>) => {
    // Who gets the lock is the last who wished, but for those who come while it is held.
    const wish = state.wish && state.wish.at > actor.at ? state.wish : undefined
    const next = { ...state, wish, lock: makeLock(actor, clock.now()), ...change }
    if (next.lock) touched.add(name)
    const written = await aws.pauseStates.write(next, tag)
    if (written === undefined) return false
    state = next
    tag = written
    return true
  }
  return {
    turn: decideTurn(state, actor, clock.now()),
    get state() {
      return state
    },
    write,
    hold: async () => lasts(state.lock, actor, clock.now()) || (await write({})),
    note: async () => isNoted(state, actor) || (await write({ wish: actor, lock: undefined })),
  }
}

/** Gives back what a run holds of the states of services, and takes away a wish that it could not fulfil. */
export async function giveBack(
  { state: { cluster }, touched, outcomes }: Pursuit,
  context: PursuitContext,
): Promise<void> {
  const { actor, aws } = context
  await Promise.all(
    [...touched].map(async (service) => {
      await updatePauseState(aws.pauseStates, { cluster, service }, (state) => {
        const isHeld = state?.lock?.owner === actor.id
        const isVain = state?.wish?.id === actor.id && outcomes.get(service)?.kind !== 'already'
        if (!state || !(isHeld || isVain)) return undefined
        return { ...state, lock: isHeld ? undefined : state.lock, wish: isVain ? undefined : state.wish }
      })
    }),
  )
}
