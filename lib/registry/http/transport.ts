import { type HttpAgents, makeHttpAgents } from '../../http-agents.ts'
import type { Clock } from '../../wait.ts'
import { type Credentials, describeRejection } from './auth.ts'
import { readRegistryError } from './error-answer.ts'
import { isTransientUpload, withoutQuery } from './errors.ts'
import { parseLocation } from './location.ts'
import { type Retrying, withRetries } from './retry.ts'
import { requireTls } from './secure-url.ts'
import { type Body, type HttpRequest, type HttpResponse, sendRequest, type Wire } from './send-request.ts'
import { completeLimits, type TimeLimits } from './time-limits.ts'

/** What a request carries besides method and URL. */
export type RequestOptions = {
  headers?: Record<string, string>
  body?: Body
  /** Statuses that are answers, not errors. */
  accept: readonly number[]
  /** Sent only once, whatever happens; a stream always is, since it can be read only once. */
  once?: boolean
  /** How many times the usual silence and total time are borne; 1 where it is not given. */
  timeoutFactor?: number
  /** 4 MiB where it is not given. */
  largestAnswerBytes?: number
  /** In the place of the transport's own. */
  signal?: AbortSignal
  /** How long it may take to end after the transport's signal has aborted; it is given up at once where it is not given. */
  graceMs?: number
}

/** Sends requests to one registry, with its credentials, and again where that can help. */
export type Transport = {
  origin: string
  /** The URL behind a path or a Location; throws where a login would have to go to another origin. */
  resolve(method: string, location: string | URL): URL
  /** Throws RegistryError, ConnectionError, the body's own error, or the signal's reason. */
  send(method: string, path: string | URL, options: RequestOptions): Promise<HttpResponse>
  /** Does all requests of an upload again where that can help, as often as a single request is sent again. */
  retryUpload<T>(work: () => Promise<T>): Promise<T>
}

/** What a transport is made of. */
export type TransportSettings = {
  origin: string
  /** None for a registry that requires none. */
  credentials?: Credentials | undefined
  clock: Clock
  signal: AbortSignal
  /** Tries after the first; 4 where it is not given. */
  retries?: number | undefined
  /** From 0 up to, not including, 1. */
  random?: () => number
  /** Connections; without them, new ones that use no proxy. */
  agents?: HttpAgents
  /** In the place of those that are usual. */
  limits?: Partial<TimeLimits> | undefined
  /** Allows http beyond this machine. */
  insecure?: boolean
}

/** Every status that tells success, for answers of which registries differ in the choice. */
export const successes: readonly number[] = Array.from({ length: 100 }, (_, at) => 200 + at)

const mostRedirects = 5
const redirects = [301, 302, 303, 307, 308]
const keepingRedirects = [307, 308]

/** Creates the transport of a registry. TLS is required except for loopback, or when `insecure` is true. */
export function makeTransport(settings: TransportSettings): Transport {
  const { origin, credentials, clock, signal, insecure, retries = 4, random = Math.random } = settings
  const { agents = makeHttpAgents({}) } = settings
  const limits = completeLimits(settings.limits)
  requireTls(new URL(origin), 'registry', insecure)
  const habits = { closesIdle: false }
  const retrying: Retrying = { retries, clock, random, signal }
  const resolve: Transport['resolve'] = (method, location) => {
    const url = new URL(location, origin)
    if (url.origin === origin) return url
    if (credentials && !credentials.isAnonymous) {
      throw new Error(`${method} ${withoutQuery(url)}: refused, the credentials are for ${origin} only`)
    }
    requireTls(url, 'registry: location', insecure)
    return url
  }
  const send: Transport['send'] = async (method, path, options) => {
    const { headers = {}, body, accept, timeoutFactor = 1, largestAnswerBytes } = options
    const { idleMs, totalMs } = limits
    const once = options.once || isStream(body)
    const url = resolve(method, path)
    const request: HttpRequest = { method, url, headers, body, once, largestAnswerBytes }
    const late = delayAbort(signal, options.graceMs ?? 0)
    const wire: Wire = {
      ...{ agents, habits },
      limits: { ...limits, idleMs: idleMs * timeoutFactor, totalMs: totalMs * timeoutFactor },
      signal: options.signal ?? late.signal,
    }
    return await withRetries(
      async () => {
        const { response, renewed } = await sendAuthorized(request, wire, settings)
        if (accept.includes(response.status)) return response
        throw readRegistryError(method, response, { now: clock.now(), renewed })
      },
      { ...retrying, signal: options.signal ?? signal, retries: once ? 0 : retries },
    ).finally(late.stop)
  }
  return { origin, resolve, send, retryUpload: (work) => withRetries(work, retrying, isTransientUpload) }
}

/** Returns a signal that follows another one a while later; without a delay, the other one. */
function delayAbort(signal: AbortSignal, delayMs: number): { signal: AbortSignal; stop(): void } {
  if (delayMs === 0) return { signal, stop: () => {} }
  const late = new AbortController()
  // A signal of its own: the shared one would warn of a leak from the eleventh request at a time on.
  const own = AbortSignal.any([signal])
  const follow = () => setTimeout(() => late.abort(signal.reason), delayMs).unref()
  if (signal.aborted) follow()
  else own.addEventListener('abort', follow)
  return { signal: late.signal, stop: () => own.removeEventListener('abort', follow) }
}

const isStream = (body: Body | undefined) => body !== undefined && !(body instanceof Uint8Array)

/** Sends a request, and once more with renewed credentials where the registry refused the first ones. */
async function sendAuthorized(
  request: HttpRequest,
  wire: Wire,
  settings: TransportSettings,
): Promise<{ response: HttpResponse; renewed: boolean }> {
  const { origin, credentials } = settings
  const authorization = await credentials?.authorization()
  const response = await follow(request, authorization, wire, settings)
  if (response.status !== 401 || response.url.origin !== origin) return { response, renewed: false }
  const refusal = describeRejection(authorization, response.headers['www-authenticate'])
  const next = await credentials?.authorization(refusal)
  if (next === undefined || next === authorization) return { response, renewed: false }
  // Who streams has to start again: some of the body is gone.
  if (isStream(request.body)) return { response, renewed: true }
  return { response: await follow(request, next, wire, settings), renewed: false }
}

/**
 * Sends a request, and follows redirects: of a read all, of a write those that keep method and body, as Go does, unless
 * the body is a stream. Beyond the registry's origin they carry no credentials.
 */
async function follow(
  request: HttpRequest,
  authorization: string | undefined,
  wire: Wire,
  { origin, insecure }: TransportSettings,
): Promise<HttpResponse> {
  const { method, body } = request
  const isRead = method === 'GET' || method === 'HEAD'
  const followed = isRead ? redirects : isStream(body) ? [] : keepingRedirects
  let { url } = request
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const own = authorization !== undefined && url.origin === origin
    const headers = own ? { ...request.headers, authorization } : request.headers
    const response = await sendRequest({ ...request, url, headers }, wire)
    const { location } = response.headers
    if (!followed.includes(response.status) || !location) return response
    url = parseLocation(location, url)
    requireTls(url, 'registry: redirect', insecure)
  }
  throw new Error(
    `${method} ${withoutQuery(request.url)}: expected at most ${mostRedirects} redirects, got more`,
  )
}
