import { UserError } from '../../errors.ts'
import type { PauseState } from './state.ts'

/** What was read of a service's state; `tag` names the version. */
export type FoundState =
  | { kind: 'absent' }
  | { kind: 'found'; state: PauseState; tag: string }
  | { kind: 'damaged'; cause: string }

/** The states of services, one object each. */
export type PauseStates = {
  /** Reads a state; throws where the bucket is not ours, or the object cannot be asked for. */
  read(cluster: string, service: string): Promise<FoundState>
  /** Replaces the version with this tag, or creates the state; returns its tag, undefined where others were faster. */
  write(state: PauseState, tag: string | undefined): Promise<string | undefined>
}

// Others write a state a few times a minute at most.
const attempts = 10

/**
 * Changes the state of a service by what `change` makes of the one that is there; `undefined` leaves it as it is.
 * Returns the state that holds then. Throws UserError where the state is damaged.
 */
export async function updatePauseState(
  states: PauseStates,
  { cluster, service }: { cluster: string; service: string },
  change: (state: PauseState | undefined) => PauseState | undefined,
): Promise<PauseState | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await states.read(cluster, service)
    if (found.kind === 'damaged') throw new UserError(found.cause)
    const [state, tag] = found.kind === 'found' ? [found.state, found.tag] : []
    const next = change(state)
    if (next === undefined) return state
    if ((await states.write(next, tag)) !== undefined) return next
  }
  throw new Error(
    `${cluster}/${service}: others changed the saved state ${attempts} times meanwhile; run it again`,
  )
}
