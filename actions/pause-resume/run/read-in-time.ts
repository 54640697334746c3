import { messageOf } from '../../../lib/errors.ts'
import { raceWithSignal } from '../../../lib/wait.ts'
import type { PauseContext } from '../context.ts'

// The step still has to report within the time that the runner leaves it.
const longestMs = 5_000

/** Reads what only explains a result: where that fails or takes long, undefined, and a line of the log. */
export async function readInTime<T>(
  what: string,
  read: () => Promise<T>,
  { signal, log }: Pick<PauseContext, 'signal' | 'log'>,
): Promise<T | undefined> {
  try {
    return await raceWithSignal(read(), AbortSignal.any([signal, AbortSignal.timeout(longestMs)]))
  } catch (error) {
    signal.throwIfAborted()
    log.info(`${what} is not known: ${messageOf(error)}`)
    return undefined
  }
}
