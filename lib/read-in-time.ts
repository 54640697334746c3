import { messageOf } from './errors.ts'
import type { Log } from './log.ts'
import { raceWithSignal } from './wait.ts'

/** How a read that only explains a result may end. */
type Reading = {
  /** What the log says before the reason where nothing was read, such as `service web: not diagnosed`. */
  unread: string
  log: Pick<Log, 'info'>
  /** Its abort ends the run; without it, the read goes on for as long as it may. */
  signal?: AbortSignal
  /** The step still has to report within the time that the runner leaves it: 5 s unless given. */
  longestMs?: number
}

/** Reads what only explains a result: where that fails or takes long, undefined, and a line of the log. */
export async function readInTime<T>(
  read: () => Promise<T>,
  { unread, log, signal, longestMs = 5_000 }: Reading,
): Promise<T | undefined> {
  try {
    const signals = [...(signal ? [signal] : []), AbortSignal.timeout(longestMs)]
    return await raceWithSignal(read(), AbortSignal.any(signals))
  } catch (error) {
    signal?.throwIfAborted()
    log.info(`${unread}: ${messageOf(error)}`)
    return undefined
  }
}
