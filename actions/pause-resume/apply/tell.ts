import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { PauseState, Phase } from '../../../lib/service/pause-state/state.ts'
import { makeLedgerEvent } from '../plan/ledger-event.ts'
import type { Pursuit, PursuitContext } from './pursuit.ts'

/** Tells the ledger of the phase that a service leaves. Who may not write there pauses and resumes all the same. */
export async function tellLedger(
  state: PauseState,
  next: Phase,
  { state: cluster, types }: Pursuit,
  { aws, clock, log, signal }: PursuitContext,
): Promise<void> {
  const told = makeLedgerEvent({ state, next, cluster, types, now: clock.now() })
  if (!told) return
  try {
    await aws.ledger.add(told.event, told.askedAt)
  } catch (error) {
    signal.throwIfAborted()
    if (isTransientAwsError(error)) throw error
    log.warning(`${state.service}: the event is missing in the ledger: ${messageOf(error)}`)
  }
}
