import { randomUUID } from 'node:crypto'
import { type Known, reportError } from './ending.ts'
import { CancelledError } from './errors.ts'
import { readTextFile } from './file.ts'
import type { RawInputs } from './inputs.ts'
import { type Log, makeLog } from './log.ts'
import type { Outcome } from './outcome.ts'
import { type Place, renderPlace } from './place.ts'
import { publish } from './publish.ts'
import { type Clock, systemClock } from './wait.ts'

/** What an action gets from the place where it runs. */
export type ActionContext = {
  inputs: RawInputs
  env: Readonly<Record<string, string | undefined>>
  log: Log
  /** Aborts at SIGINT or SIGTERM: stop at the next safe point. */
  signal: AbortSignal
  clock: Clock
  /** From 0 up to, not including, 1. */
  random(): number
  /** Returns 32 hexadecimal digits that no other run has. */
  makeId(): string
  /** Reads a text file; throws UserError with the advice where it cannot be read. */
  readFile(path: string, advice?: string): string
  /**
   * Leaves a way to tell what is known of the run: it is asked when the run ends without a result, so that it
   * reads what is true then. The last one holds.
   */
  remember(describe: () => Known): void
}

/** What a program gets besides: it tells where in AWS the run works as soon as it knows, for the summary. */
export type ProgramContext = ActionContext & { locate(place: Place): void }

// The runner kills 10 s after its first signal, and an action ends within 7 s: the rest is for writing.
const graceMs = 4500
// What is still open then has nothing more to say.
const lingerMs = 1000

/**
 * Runs an action, and publishes how it ended, whatever the ending: a result, an error, a cancel that the run does
 * not follow in time, an error that nobody caught, or a wait for what never comes. It is the only one to publish.
 */
export async function runAction(
  name: string,
  run: (context: ProgramContext) => Promise<Outcome>,
): Promise<void> {
  const abort = new AbortController()
  const { signal } = abort
  const log = makeLog()
  let describe = (): Known => ({ title: name })
  let place: Place | undefined
  let isOver = false
  const end = (outcome: () => Outcome) => {
    if (isOver) return
    isOver = true
    const line = renderPlace(place, process.uptime())
    publish(name, outcome(), { env: process.env, log, line })
    setTimeout(() => process.exit(), lingerMs).unref()
  }
  const giveUp = (error: unknown) => end(() => reportError(error, signal, recall(describe, name)))
  watchProcess(giveUp, abort)
  const remember = (next: () => Known) => {
    describe = next
  }
  const locate = (found: Place) => {
    place = found
  }
  try {
    const outcome = await run({ ...makeContext(log, signal), remember, locate })
    end(() => outcome)
  } catch (error) {
    giveUp(error)
  }
}

// Not even a mistake in the telling may cost the ending its report.
function recall(describe: () => Known, title: string): Known {
  try {
    return describe()
  } catch {
    return { title }
  }
}

const makeContext = (log: Log, signal: AbortSignal): Omit<ProgramContext, 'remember' | 'locate'> => ({
  inputs: readInputs(process.env),
  env: process.env,
  log,
  signal,
  clock: systemClock,
  random: Math.random,
  makeId: () => randomUUID().replaceAll('-', ''),
  readFile: readTextFile,
})

// The handlers stay: a second signal must not end the process while it writes.
function watchProcess(giveUp: (error: unknown) => void, abort: AbortController): void {
  const cancel = () => {
    if (abort.signal.aborted) return
    abort.abort(new CancelledError('cancelled'))
    const late = new Error(`what was under way did not stop within ${graceMs / 1000} s`)
    setTimeout(() => giveUp(late), graceMs).unref()
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  process.on('uncaughtException', giveUp)
  process.on('beforeExit', () => {
    giveUp(new Error('the run waits for something that never comes, and cannot go on; run it again'))
  })
  // Nobody reads the log any more: the files are still to be written.
  process.stdout.on('error', () => {})
}

/** Reads the runner's `INPUT_*` variables back into inputs with their own names. */
export function readInputs(env: Readonly<Record<string, string | undefined>>): RawInputs {
  const inputs = Object.entries(env).filter(([key]) => key.startsWith('INPUT_'))
  return Object.fromEntries(
    inputs.map(([key, value]) => [key.slice('INPUT_'.length).toLowerCase().replaceAll('_', '-'), value]),
  )
}
