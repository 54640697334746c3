import { messageOf } from '../../errors.ts'
import { awsErrorName } from '../errors.ts'

/** Reads one part of the evidence; where that fails, returns the other value and notes why. */
export type Attempt = <T>(what: string, read: () => Promise<T>, otherwise: T) => Promise<T>

/** Makes the attempts of one diagnosis, which note in `unread` what failed: it must not hide the failure that it explains. */
export function makeAttempt(unread: string[]): Attempt {
  return async (what, read, otherwise) => {
    try {
      return await read()
    } catch (error) {
      // It went with the stack.
      if (/NotFound|NotActive/.test(awsErrorName(error))) return otherwise
      unread.push(`${what}: ${messageOf(error)}`)
      return otherwise
    }
  }
}
