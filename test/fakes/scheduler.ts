import type { Clock } from '../../lib/wait.ts'
import type { Caller } from './cut.ts'

/** Actors that share one time, each of whose calls waits for its turn. */
export type Scheduler = {
  clock: Clock
  /** Adds an actor, which makes its calls through `call`; after so many calls it is dead: none has an effect. */
  actor(callsToLive?: number): { call: Caller; clock: Clock }
  /** Gives turns until this many calls were made, or nobody has anything to do. */
  advance(calls?: number): Promise<void>
  /** Lets time pass while calls are on their way. */
  elapse(milliseconds: number): void
}

type Waiting = { go(): void }
type Sleeping = Waiting & { until: number }

/**
 * Makes a scheduler; `pick` chooses whose turn it is, from 0 up to the number given. Something real gets its time from
 * `idle`, while nobody is at work.
 */
export function makeScheduler(
  pick: (count: number) => number,
  { start = Date.parse('2026-11-23T20:00:00Z'), idle }: { start?: number; idle?: () => Promise<void> } = {},
): Scheduler {
  let now = start
  let inFlight: Promise<unknown> = Promise.resolve()
  const ready: Waiting[] = []
  const sleeping: Sleeping[] = []
  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => sleeping.push({ until: now + milliseconds, go: resolve }))
  // Clocks show whole milliseconds.
  const clock = { now: () => Math.floor(now), sleep }
  const turn = async (): Promise<boolean> => {
    const [next] = ready.splice(pick(ready.length), 1)
    if (next) next.go()
    if (next || sleeping.length === 0) return next !== undefined
    // Time passes only when nobody is at work.
    const first = sleeping.reduce((a, b) => (b.until < a.until ? b : a))
    sleeping.splice(sleeping.indexOf(first), 1)
    now = Math.max(now, first.until)
    await idle?.()
    first.go()
    return true
  }
  return {
    clock,
    elapse: (milliseconds) => {
      now += milliseconds
    },
    actor: (callsToLive = Number.POSITIVE_INFINITY) => {
      let left = callsToLive
      const call: Caller = async (_, apply) => {
        await new Promise<void>((resolve) => ready.push({ go: resolve }))
        if (left-- <= 0) throw new Error('the run is dead')
        const made = apply()
        // One call at a time: a real one takes a while.
        inFlight = Promise.resolve(made).catch(() => {})
        return made
      }
      return { call, clock }
    },
    advance: async (calls = Number.POSITIVE_INFINITY) => {
      for (let made = 0; made < calls; made++) {
        await inFlight
        await new Promise((resolve) => setImmediate(resolve))
        if (!(await turn())) return
      }
    },
  }
}
