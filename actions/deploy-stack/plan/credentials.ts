import { UserError } from '../../../lib/errors.ts'
import type { Inputs } from '../inputs.ts'

/**
 * Verifies that the credentials last until the time-out, where the environment tells their end, as the SDK reads it.
 * `now` is in milliseconds since the epoch. Throws UserError.
 */
export function verifyCredentials(
  env: Readonly<Record<string, string | undefined>>,
  { timeoutSeconds }: Pick<Inputs, 'timeoutSeconds'>,
  now: number,
): void {
  const left = Math.floor((Date.parse(env.AWS_CREDENTIAL_EXPIRATION ?? '') - now) / 60_000)
  if (!(left < timeoutSeconds / 60)) return
  throw new UserError(
    `timeout-minutes: expected at most the ${Math.max(0, left)} min for which the credentials are valid, got ${timeoutSeconds / 60}; get them for longer (role-duration-seconds of configure-aws-credentials), or wait for a shorter time`,
  )
}
