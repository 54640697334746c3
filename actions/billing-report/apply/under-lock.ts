import { whileLocked } from '../../../lib/service/held-lock.ts'
import { readAuthor } from '../../../lib/service/pause-state/author.ts'
import type { Session } from './session.ts'

/** A session while no other run bills, closes or rolls up. */
export type LockedSession = Session & {
  /** Goes before each write that others see: throws where another run is at work by now. */
  hold(): Promise<void>
}

/**
 * Works while no other run bills, closes or rolls up. There is one lock for all months: a bill corrects the closed months
 * before it, and each correction may be posted only once.
 */
export async function underLock<T>(
  session: Session,
  work: (session: LockedSession) => Promise<T>,
): Promise<T> {
  const { aws, context, inputs, query, runId } = session
  const { runUrl, at } = readAuthor(context.env, { reason: undefined, now: context.clock.now() })
  const actor = { id: runId, operation: inputs.mode, runUrl, at }
  const waiting = {
    ...context,
    what: 'the end of another run that bills, closes or rolls up',
    timeoutSeconds: Math.max(0, context.deadline - context.clock.now()) / 1000,
  }
  return await whileLocked(aws.lock, actor, waiting, {
    work: async (hold) => await work({ ...session, hold }),
    lose: query.stop,
  })
}
