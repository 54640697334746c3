import { messageOf, TimeoutError } from '../errors.ts'
import type { Log } from '../log.ts'
import { type Clock, waitUntil } from '../wait.ts'
import { isLive, type Lock, lasts, makeLock } from './lock.ts'

/** A lock that stands in an object of its own, written only over the version that was read. */
export type StoredLock = {
  /** Reads the last lock and its version; undefined where there was none yet. What is no lock holds nothing. */
  read(): Promise<{ lock: Lock | undefined; tag: string } | undefined>
  /** Replaces the version with this tag, or creates the lock; returns its tag, undefined where others were faster. */
  write(lock: Lock, tag: string | undefined): Promise<string | undefined>
}

/** Who asks for a lock, and for what. */
type Actor = Pick<Lock, 'operation' | 'runUrl' | 'at'> & { id: string }

/** How long to wait for the lock, which `what` names in the time-out's message. */
type Waiting = { what: string; clock: Clock; signal: AbortSignal; log: Log; timeoutSeconds: number }

/** A lock in the hands of this run. */
type HeldLock = {
  /** Makes the lock last for the next call. Throws where another run has taken it over. */
  hold(): Promise<void>
  /** Lets the next one work at once. */
  giveBack(): Promise<void>
}

const beatMs = 5_000

class TakenOverError extends Error {
  override message = 'another run has taken over the lock of this one; run it again'
}

/**
 * Works while no other run does: waits until the one that holds the lock is over. The lock is kept up meanwhile, and
 * given back at the end; where it is lost, `lose` is told.
 */
export async function whileLocked<T>(
  stored: StoredLock,
  actor: Actor,
  waiting: Waiting,
  { work, lose }: { work: (hold: HeldLock['hold']) => Promise<T>; lose: (error: unknown) => void },
): Promise<T> {
  const lock = await takeLock(stored, actor, waiting)
  // One renewal that fails is made again at the next beat, as long as nobody has taken the lock over.
  const beat = setInterval(
    () => void lock.hold().catch((error) => (error instanceof TakenOverError ? lose(error) : undefined)),
    beatMs,
  )
  try {
    return await work(lock.hold)
  } finally {
    clearInterval(beat)
    await lock.giveBack()
  }
}

async function takeLock(stored: StoredLock, actor: Actor, waiting: Waiting): Promise<HeldLock> {
  const { clock, log } = waiting
  let told = ''
  const taken = await waitUntil(async () => {
    const found = await stored.read()
    const lock = found?.lock
    // Jobs of one workflow run may work side by side: only the lock's owner has it.
    if (lock && lock.owner !== actor.id && isLive(lock, clock.now())) {
      const text = `wait until ${lock.operation} by ${lock.runUrl || lock.owner} is over`
      if (told !== text) log.info(text)
      told = text
      return undefined
    }
    const own = makeLock(actor, clock.now())
    const tag = await stored.write(own, found?.tag)
    return tag === undefined ? undefined : { lock: own, tag }
  }, waiting).catch((error: unknown) => {
    throw error instanceof TimeoutError && told !== ''
      ? new TimeoutError(`${waiting.what}: ${told}`, error.seconds)
      : error
  })
  return keepUp(stored, actor, taken, waiting)
}

function keepUp(
  stored: StoredLock,
  actor: Actor,
  taken: { lock: Lock; tag: string },
  { clock, log }: Waiting,
): HeldLock {
  let { lock, tag } = taken
  const replace = async (next: Lock) => {
    const written = await stored.write(next, tag)
    if (written === undefined) throw new TakenOverError()
    lock = next
    tag = written
  }
  // Calls at the same time share one renewal: a second one would meet the first.
  let renewal: Promise<void> | undefined
  let isOver = false
  return {
    hold: async () => {
      if (isOver) throw new Error('the lock was given back')
      if (lasts(lock, actor, clock.now())) return
      renewal ??= replace(makeLock(actor, clock.now())).finally(() => {
        renewal = undefined
      })
      await renewal
    },
    giveBack: async () => {
      isOver = true
      try {
        await renewal
        await replace({ ...lock, expiresAt: new Date(clock.now()).toISOString() })
      } catch (error) {
        log.info(`the lock ends by itself: ${messageOf(error)}`)
      }
    },
  }
}
