/** Marks a user's mistake: its message stands alone, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError'
}

/** Reports a wait that did not settle in time; `what` is the thing waited for, `failure` why the last look failed. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly what: string
  readonly seconds: number

  constructor(what: string, seconds: number, failure?: string) {
    super(
      `${what}: not settled after ${seconds} s${failure === undefined ? '' : `; the last look failed: ${failure}`}`,
    )
    this.what = what
    this.seconds = seconds
  }
}

/** The reason of a run that was cancelled by SIGINT or SIGTERM. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError'
}

/** Returns the message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
