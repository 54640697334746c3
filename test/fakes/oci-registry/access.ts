import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'
import { refusal } from './answer.ts'

/** How a registry has its clients prove who they are. */
export type AccessOptions =
  | { kind: 'none' }
  | { kind: 'basic'; username: string; password: string }
  /** Tokens by scope from an endpoint, which asks for the login where there is one; `realm` stands in for it. */
  | { kind: 'bearer'; login?: { username: string; password: string }; tokenSeconds?: number; realm?: string }
  /** Tokens from elsewhere (`issueToken`), sent as the password of the user AWS. */
  | { kind: 'ecr' }

/** Knows who may do what. */
export class Access {
  readonly #options: AccessOptions
  readonly #origin: () => string
  /** Token to its scopes. */
  readonly #tokens = new Map<string, readonly string[]>()

  constructor(options: AccessOptions, origin: () => string) {
    this.#options = options
    this.#origin = origin
  }

  /** Makes a token as ECR's API gives it. */
  issueToken(): { authorization: string; expiresAt: number | undefined } {
    const token = randomUUID()
    this.#tokens.set(token, [])
    return { authorization: basic('AWS', token), expiresAt: undefined }
  }

  /** Ends all tokens. */
  revokeTokens(): void {
    this.#tokens.clear()
  }

  /** Gives the refusal of a request that may not pass. */
  check(request: IncomingMessage, scope: string): Answer | undefined {
    const { authorization = '' } = request.headers
    const { kind } = this.#options
    if (kind === 'none') return undefined
    if (kind === 'ecr') return this.#knows(authorization) ? undefined : unauthorized('Basic realm="ecr"')
    if (kind === 'basic') {
      const { username, password } = this.#options
      return authorization === basic(username, password) ? undefined : unauthorized('Basic realm="fake"')
    }
    const scopes = this.#tokens.get(authorization.replace(/^Bearer /, ''))
    if (scopes?.some((held) => covers(held, scope))) return undefined
    const realm = this.#options.realm ?? `${this.#origin()}/token`
    return unauthorized(`Bearer realm="${realm}",service="fake",scope="${scope}"`)
  }

  /** Answers the token endpoint. */
  grant(request: IncomingMessage, query: URLSearchParams): Answer {
    if (this.#options.kind !== 'bearer') return refusal(404, 'NOT_FOUND', 'no token endpoint')
    const { login, tokenSeconds = 300 } = this.#options
    if (login && request.headers.authorization !== basic(login.username, login.password)) {
      return refusal(401, 'UNAUTHORIZED', 'incorrect username or password')
    }
    const token = randomUUID()
    this.#tokens.set(token, query.getAll('scope'))
    const body = Buffer.from(JSON.stringify({ token, expires_in: tokenSeconds }))
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }

  #knows(authorization: string): boolean {
    const login = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
    return login.startsWith('AWS:') && this.#tokens.has(login.slice('AWS:'.length))
  }
}

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

const unauthorized = (challenge: string): Answer => ({
  ...refusal(401, 'UNAUTHORIZED', 'authentication required'),
  headers: { 'content-type': 'application/json', 'www-authenticate': challenge },
})

function covers(held: string, wanted: string): boolean {
  const [heldActions = '', wantedActions = ''] = [held, wanted].map((scope) => scope.split(':').at(-1) ?? '')
  const [heldName, wantedName] = [held, wanted].map((scope) => scope.slice(0, scope.lastIndexOf(':')))
  return (
    heldName === wantedName &&
    wantedActions.split(',').every((action) => heldActions.split(',').includes(action))
  )
}
