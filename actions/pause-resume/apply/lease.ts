import { lasts, makeLock } from '../../../lib/service/lock.ts'
import { newPauseState, type PauseState } from '../../../lib/service/pause-state/state.ts'
import { updatePauseState } from '../../../lib/service/pause-state/states.ts'
import { decideTurn, type Turn } from '../../../lib/service/pause-state/turn.ts'
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
}

/** Opens the state of a service as it was seen. */
export function openLease(
  service: ServiceState,
  { state: { cluster }, touched }: Pursuit,
  context: PursuitContext,
): Lease {
  const { actor, aws, clock } = context
  const { found, name } = service
  let state = found.kind === 'found' ? found.state : newPauseState(cluster, name)
  let tag = found.kind === 'found' ? found.tag : undefined
  const write = async (change: Partial<PauseState>) => {
    const next = { ...state, lock: makeLock(actor, clock.now()), ...change }
    touched.add(name)
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
    // Who gets the lock is the last who wished; a wish that comes while it is held stays.
    hold: async () =>
      lasts(state.lock, actor, clock.now()) ||
      (await write(state.lock?.owner === actor.id ? {} : { wish: undefined })),
  }
}

/** Gives back what a run holds of the states of services, and takes its wish away: it is over. */
export async function giveBack(
  { state: { cluster }, touched }: Pursuit,
  context: PursuitContext,
): Promise<void> {
  const { actor, aws } = context
  await Promise.all(
    [...touched].map(async (service) => {
      await updatePauseState(aws.pauseStates, { cluster, service }, (state) => {
        const [isHeld, isWished] = [state?.lock?.owner === actor.id, state?.wish?.id === actor.id]
        if (!state || !(isHeld || isWished)) return undefined
        return { ...state, lock: isHeld ? undefined : state.lock, wish: isWished ? undefined : state.wish }
      })
    }),
  )
}
