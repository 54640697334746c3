/** What can happen to one call. */
export const faults = [
  'throttle',
  'error-500',
  'outage',
  'denied',
  'expired',
  'reset-before',
  'reset-after',
  'silence',
  'cut-body',
  'slow-drip',
  'stale',
  'kill-before',
  'kill-after',
] as const

/** One of them; `meanings` tells what it does. */
export type Fault = (typeof faults)[number]

/** What each fault does to a call, as the page of the results says it. */
export const meanings: Readonly<Record<Fault, string>> = {
  throttle: 'the service answers once that requests come too fast',
  'error-500': 'the service answers once with an internal error',
  outage: 'the operation answers six times in a row with an internal error',
  denied: 'the service answers that access is denied',
  expired: 'the service answers that the credentials have expired',
  'reset-before': 'the connection is reset before the call was carried out',
  'reset-after': 'the call is carried out and its answer is lost with the connection',
  silence: 'the service never answers',
  'cut-body': 'the connection breaks in the middle of the answer',
  'slow-drip': 'the answer comes at one byte a second',
  stale: 'a read gives the answer that it gave before the last write',
  'kill-before': 'the action is killed (SIGKILL) before the write was carried out',
  'kill-after': 'the action is killed (SIGKILL) after the write was carried out',
}

/** How many calls in a row a fault takes. */
export const lengthOf = (fault: Fault): number => (fault === 'outage' ? 6 : 1)

/** One fault, and the call that it happens to: the n-th of an operation, from 1. */
export type Rule = { operation: string; nth: number; fault: Fault }

/** One call that was seen. */
export type Call = {
  operation: string
  writes: boolean
  /** Its number among the calls of its operation, from 1. */
  nth: number
  /** Its number among the reads of its operation that have an answer of before the last write; 0 where it has none. */
  staleNth: number
  /** Status and size of the answer of the service; undefined where it was not asked. */
  status?: number
  answerBytes?: number
  /** What happened to it. */
  fault?: Fault
}
