/** Who works on something now. It ends by itself, since a run that is killed gives nothing back. */
export type Lock<Operation extends string = string> = {
  /** Id of the run that holds it. */
  owner: string
  operation: Operation
  runUrl: string
  /** When that run asked for it. ISO 8601, UTC. */
  at: string
  /** ISO 8601, UTC. */
  expiresAt: string
}

/** How long a call may take while a lock is held, with its repetitions; what takes longer is done again at the next look. */
export const longestCallMs = 20_000

// A lock outlasts the call that is made under it, and ends soon after a run that was killed.
const lockSeconds = 40
const renewBelowMs = longestCallMs + 2_000

/** Clocks of machines differ by less. */
export const clockSkewMs = 60_000

/** Returns whether the run that has a lock still holds it. No lock lasts longer than one is made for. */
export const isLive = ({ expiresAt }: Lock, now: number): boolean =>
  Date.parse(expiresAt) > now && Date.parse(expiresAt) <= now + lockSeconds * 1000 + clockSkewMs

/** Returns whether another run holds a lock; an attempt of the same run takes over from the one before at once. */
export function isHeld(
  lock: Lock | undefined,
  { id, runUrl }: { id: string; runUrl: string },
  now: number,
): boolean {
  if (lock === undefined || lock.owner === id || (runUrl !== '' && lock.runUrl === runUrl)) return false
  return isLive(lock, now)
}

/** Returns whether a lock is the actor's own, and lasts for the next call. */
export const lasts = (lock: Lock | undefined, { id }: { id: string }, now: number): boolean =>
  lock?.owner === id && Date.parse(lock.expiresAt) - now > renewBelowMs

/** Makes the lock of an actor. */
export const makeLock = <Operation extends string>(
  { id, operation, runUrl, at }: Pick<Lock<Operation>, 'operation' | 'runUrl' | 'at'> & { id: string },
  now: number,
): Lock<Operation> => ({
  ...{ owner: id, operation, runUrl, at },
  expiresAt: new Date(now + lockSeconds * 1000).toISOString(),
})

/** Writes a lock that has an object of its own, as JSON. */
export const formatLock = (lock: Lock): string => `${JSON.stringify(lock, undefined, 2)}\n`

/** Parses such a lock; undefined where it is none. */
export function parseLock(text: string): Lock | undefined {
  try {
    const { owner, operation, runUrl, at, expiresAt } = Object(JSON.parse(text))
    const isLock = [owner, operation, runUrl, at, expiresAt].every((field) => typeof field === 'string')
    return isLock ? { owner, operation, runUrl, at, expiresAt } : undefined
  } catch {
    return undefined
  }
}
