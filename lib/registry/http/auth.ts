import type { Clock } from '../../wait.ts'
import { type Challenge, parseChallenges } from './challenge.ts'

/** A request that the registry refused with 401: what it was sent with, and what is asked for. */
export type RejectedAuthorization = { authorization: string | undefined; challenges: readonly Challenge[] }

/** Credentials of requests to a registry. */
export type Credentials = {
  /**
   * Returns the value of the Authorization header, or `undefined` for none. After a refusal, it returns another
   * one if possible, otherwise the refused one. Concurrent requests share one renewal.
   */
  authorization(refusal?: RejectedAuthorization): Promise<string | undefined>
  /** Whether they are those that anybody gets: what they open needs none elsewhere either. */
  isAnonymous?: boolean
}

/** Hides a text in every later line of the log. */
export type Mask = (secret: string) => void

/** The value of an Authorization header, and when it ends, in milliseconds since the epoch. */
export type Token = { authorization: string; expiresAt: number | undefined }

/** Reads a refusal out of an answer's WWW-Authenticate header. */
export function describeRejection(
  authorization: string | undefined,
  header: string | undefined,
): RejectedAuthorization {
  return { authorization, challenges: parseChallenges(header) }
}

/** Credentials that last: a user name and a password in each request. */
export function basicCredentials(login: Login, mask: Mask): Credentials {
  const authorization = basicAuthorization(login, mask)
  return { authorization: async () => authorization }
}

/** A user's name and password. */
export type Login = { username: string; password: string }

/** Creates the header of basic auth; password and header are masked before they are used. */
export function basicAuthorization({ username, password }: Login, mask: Mask): string {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  maskAuthorization(authorization, mask)
  return authorization
}

/**
 * Credentials by tokens that end: a new one is fetched before the end of the old one, and when the registry
 * refuses it. `first` is a token that is at hand already.
 */
export function tokenCredentials(
  fetchToken: () => Promise<Token>,
  { clock, mask, first }: { clock: Clock; mask: Mask; first?: Token },
): Credentials {
  const keep = (token: Token) => {
    maskAuthorization(token.authorization, mask)
    return { ...token, renewAt: chooseRenewal(token, clock.now()) }
  }
  let current = first && keep(first)
  let renewal: Promise<Token> | undefined
  const renew = async () => {
    current = keep(await fetchToken())
    return current
  }
  return {
    authorization: async (refusal) => {
      const refused = refusal !== undefined && refusal.authorization === current?.authorization
      if (current && !refused && clock.now() < current.renewAt) return current.authorization
      renewal ??= renew().finally(() => {
        renewal = undefined
      })
      return (await renewal).authorization
    },
  }
}

// A request carries the token that it starts with: leave it a minute to arrive, less if tokens are short-lived.
function chooseRenewal({ expiresAt }: Token, now: number): number {
  return expiresAt === undefined ? Infinity : expiresAt - Math.min(60_000, (expiresAt - now) / 5)
}

/** Masks the secret of a header's value, and the password inside of it where it is basic auth. */
function maskAuthorization(authorization: string, mask: Mask): void {
  const [scheme = '', secret = ''] = authorization.split(' ')
  if (secret) mask(secret)
  if (scheme.toLowerCase() !== 'basic') return
  const password = Buffer.from(secret, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
  if (password) mask(password)
}
