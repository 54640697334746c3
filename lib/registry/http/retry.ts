import { type BackOff, retry } from '../../retry.ts'
import { isTransient as isTransientRequest, RegistryError } from './errors.ts'

/** How often requests to a registry are repeated, and what time and chance are. */
export type Retrying = Pick<BackOff, 'clock' | 'random'> & {
  /** Attempts after the first. */
  retries: number
  signal: AbortSignal
}

const pauses = { firstMs: 400, longestMs: 20_000 }
const longestRetryAfterMs = 60_000

/** Repeats work after transient errors of a registry; pauses at least as long as the registry asks for. */
export async function withRetries<T>(
  work: () => Promise<T>,
  retrying: Retrying,
  isTransient = isTransientRequest,
): Promise<T> {
  const { retries, clock, random, signal } = retrying
  const backOff = { ...pauses, clock, random, leastMs: retryAfterMs }
  return await retry(work, { attempts: retries + 1, isTransient, backOff, signal })
}

const retryAfterMs = (error: unknown) =>
  error instanceof RegistryError ? Math.min(error.retryAfterMs ?? 0, longestRetryAfterMs) : 0
