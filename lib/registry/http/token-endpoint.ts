import { tryParseJson } from '../../json.ts'
import { quote } from '../../quote.ts'
import type { Clock } from '../../wait.ts'
import {
  basicAuthorization,
  basicCredentials,
  type Credentials,
  type Login,
  type Mask,
  type Token,
  tokenCredentials,
} from './auth.ts'
import { readRegistryError } from './error-answer.ts'
import { withoutQuery } from './errors.ts'
import { requireTls } from './secure-url.ts'
import type { HttpResponse } from './send-request.ts'

/** What the credentials are made with; without a login they are those of anybody. */
export type ChallengeSettings = {
  login?: Login | undefined
  insecure?: boolean | undefined
  mask: Mask
  clock: Clock
  /** Asked for with each token, besides those that the registry demands. */
  scopes?: readonly string[]
  /** Sends one GET and returns the answer, whatever its status; follows no redirect. */
  get(url: URL, headers: Record<string, string>): Promise<HttpResponse>
}

type Endpoint = { realm: string; service: string | undefined; scopes: readonly string[] }

// What applies if the endpoint does not state it: https://distribution.github.io/distribution/spec/auth/token/
const defaultSeconds = 60

// Each repository that a push touches is one scope; the scopes that a registry demands beyond these are limited.
const mostScopes = 50
const longestToken = 64 * 1024

/**
 * Credentials as the registry demands them in a refusal: basic auth, or a token from the endpoint that it
 * names. The login goes to that endpoint or the registry, nowhere else. A token covers all scopes demanded so far.
 */
export function challengedCredentials(settings: ChallengeSettings): Credentials {
  const { login, mask } = settings
  let endpoint: Endpoint = { realm: '', service: undefined, scopes: settings.scopes ?? [] }
  let chosen: Credentials | undefined
  return {
    isAnonymous: login === undefined,
    authorization: async (refusal) => {
      const bearer = refusal?.challenges.find(({ scheme }) => scheme === 'bearer')
      if (bearer) {
        const { realm = '', service, scope = '' } = bearer.parameters
        const demanded = scope.split(' ').filter(Boolean)
        const scopes = mergeScopes([...endpoint.scopes, ...demanded]).slice(0, mostScopes)
        if (!chosen || realm !== endpoint.realm || scopes.join(' ') !== endpoint.scopes.join(' ')) {
          const wanted = { realm, service, scopes }
          endpoint = wanted
          chosen = tokenCredentials(() => fetchToken(wanted, settings), settings)
        }
      } else if (login && refusal?.challenges.some(({ scheme }) => scheme === 'basic')) {
        chosen ??= basicCredentials(login, mask)
      }
      return await chosen?.authorization(refusal)
    },
  }
}

/**
 * Brings the actions of one resource into one scope: some endpoints grant only one of several scopes for it.
 * https://github.com/regclient/regclient/pull/892, https://github.com/apptainer/apptainer/pull/670
 */
function mergeScopes(scopes: readonly string[]): string[] {
  const actions = new Map<string, string[]>()
  for (const scope of scopes) {
    const [, resource = scope, own = ''] = /^(.*):(.*)$/.exec(scope) ?? []
    actions.set(resource, [...new Set([...(actions.get(resource) ?? []), ...own.split(',')])])
  }
  return [...actions].map(([resource, own]) => [resource, own.join(',')].filter(Boolean).join(':'))
}

async function fetchToken(endpoint: Endpoint, settings: ChallengeSettings): Promise<Token> {
  const { login, mask, clock, insecure } = settings
  const url = URL.parse(endpoint.realm)
  if (url?.username !== '' || url.password !== '') {
    throw new Error(
      `registry: expected the URL of a token endpoint without a user as realm, got ${quote(endpoint.realm)}`,
    )
  }
  requireTls(url, 'registry: realm', insecure)
  if (endpoint.service) url.searchParams.set('service', endpoint.service)
  for (const scope of endpoint.scopes) url.searchParams.append('scope', scope)
  const asked = clock.now()
  const headers = login ? { authorization: basicAuthorization(login, mask) } : {}
  const answer = await settings.get(url, headers)
  if (answer.status !== 200) throw readRegistryError('GET', answer, { now: asked, renewed: false })
  return parseToken(answer, asked)
}

function parseToken({ body, url }: HttpResponse, asked: number): Token {
  const { token, access_token, expires_in } = Object(tryParseJson(body.toString('utf8')))
  const secret = token || access_token
  if (typeof secret !== 'string' || secret.length > longestToken || !/^[!-~]+$/.test(secret))
    throw new Error(`GET ${withoutQuery(url)}: expected a token, got none`)
  const seconds = Number(expires_in) > 0 ? Number(expires_in) : defaultSeconds
  return { authorization: `Bearer ${secret}`, expiresAt: asked + seconds * 1000 }
}
