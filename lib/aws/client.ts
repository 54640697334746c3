import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { Readable } from 'node:stream'
import { messageOf, UserError } from '../errors.ts'
import { makeHttpAgents } from '../http-agents.ts'
import { raceWithSignal } from '../wait.ts'
import { awsErrorName, explainAwsError, timeIsOver } from './errors.ts'
import { describeCall } from './operation.ts'

/** How long a call may take, in milliseconds, unless its signal ends it sooner. */
type Timeouts = {
  /** Until the connection is made. */
  connectionTimeout: number
  /** Until the answer begins. */
  requestTimeout: number
  /** How long nothing may move on the connection. */
  socketTimeout: number
}

/** What each AWS client is made with; endpoint and credentials come from the environment, as the SDK reads them. */
export type AwsConfig = {
  region: string
  maxAttempts: number
  retryMode: 'standard' | 'adaptive'
  /** Options of the SDK's own handler: the connections use the proxy and CA of the environment. */
  requestHandler?: { httpAgent?: HttpAgent; httpsAgent?: HttpsAgent; throwOnRequestTimeout: true } & Timeouts
  limits?: Limits
  /** When every call ends, in milliseconds since the epoch; without it, only its limits end a call. */
  endsAt?: number
  /** Ends every call: the run was cancelled. */
  signal?: AbortSignal | undefined
}

const timeouts: Timeouts = { connectionTimeout: 10_000, requestTimeout: 30_000, socketTimeout: 30_000 }

/** How long one attempt may take, and a call with all its attempts, even if bytes still arrive now and then. */
type Limits = { tryMs: number; callMs: number }

const usualLimits: Limits = { tryMs: 60_000, callMs: 120_000 }
// The time to send a body comes on top, at this rate or faster.
const leastBytesPerMs = 64

/** Reads what all clients use: region (AWS_REGION stands before AWS_DEFAULT_REGION), proxy and private CA. */
export function readAwsConfig(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): AwsConfig {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION
  if (!region) throw new UserError('AWS_REGION: expected a region such as ap-northeast-2, got none')
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(region)) {
    throw new UserError(`AWS_REGION: expected a region such as ap-northeast-2, got "${region}"`)
  }
  const { http: httpAgent, https: httpsAgent } = makeHttpAgents(env)
  const requestHandler = { httpAgent, httpsAgent, throwOnRequestTimeout: true as const, ...timeouts }
  // Adaptive: where AWS throttles, all calls of a client slow down; retries alone share a quota that is used up soon.
  return { region, maxAttempts: 8, retryMode: 'adaptive', requestHandler, signal }
}

type Next = (args: { input: object }) => Promise<{ output: object; response: unknown }>
type Context = { clientName?: string; commandName?: string }

/** What is used of the SDK's clients, whose types have no common one that is public. */
type SdkClient = {
  config: { requestHandler: { handle(request: never, options?: never): Promise<unknown> } }
  middlewareStack: { use(plugin: { applyToStack(stack: Stack): void }): void }
}

type Stack = { add(middleware: unknown, options: { step: 'initialize'; name: string }): void }

/**
 * Creates a client of the SDK whose calls end: by the configuration's time-outs, or at once when its signal aborts,
 * also between two tries. Their errors name operation and resource (see `AwsError`). It is built when it is first
 * used: an action has more clients than one run calls, and to build one takes milliseconds.
 */
export function makeClient<T extends SdkClient, C extends AwsConfig>(
  Client: new (config: C) => T,
  config: C,
): T {
  let client: T | undefined
  const get = (_: object, name: string) => {
    client ??= buildClient(Client, config)
    const member: unknown = Reflect.get(client, name)
    return typeof member === 'function' ? member.bind(client) : member
  }
  return new Proxy(Object.create(null), { get })
}

function buildClient<T extends SdkClient, C extends AwsConfig>(Client: new (config: C) => T, config: C): T {
  const client = new Client({ ...config, streamCollector: collectBody })
  const { region, signal, limits = usualLimits, endsAt = Number.POSITIVE_INFINITY } = config
  limitTries(client, limits, signal)
  const middleware = (next: Next, context: Context) => async (args: { input: object }) => {
    try {
      const leftMs = Math.max(endsAt - Date.now(), 0)
      const limit = AbortSignal.timeout(Math.min(millisecondsOf(limits.callMs, sizeOf(args.input)), leftMs))
      return await raceWithSignal(next(args), signal ? AbortSignal.any([limit, signal]) : limit)
    } catch (error) {
      signal?.throwIfAborted()
      const isOver = Date.now() >= endsAt && awsErrorName(error) === 'TimeoutError'
      const cause = isOver ? new DOMException(timeIsOver, 'TimeoutError') : error
      throw explainAwsError(cause, describeCall(context, args.input), region)
    }
  }
  client.middlewareStack.use({
    applyToStack: (stack) => stack.add(middleware, { step: 'initialize', name: 'explain' }),
  })
  return client
}

// The SDK's own first asks of every body whether it is one of a browser, for which Node loads its web streams.
const collectBody = (body: Readable) =>
  new Promise<Uint8Array>((resolve, reject) => {
    const parts: Uint8Array[] = []
    body.on('data', (part) => parts.push(part))
    body.once('end', () => resolve(Buffer.concat(parts)))
    body.once('error', reject)
  })

// A body in memory, such as a packed asset.
const sizeOf = (input: object) => Number(Object(Object(input).Body).byteLength ?? 0)

const millisecondsOf = (ms: number, sentBytes: number) => ms + Math.ceil(sentBytes / leastBytesPerMs)

type Handle = (
  request: { headers?: Record<string, string> },
  options?: { abortSignal?: AbortSignal },
) => Promise<unknown>

// The connection of an abandoned attempt would stay open and keep the process alive.
function limitTries({ config }: SdkClient, { tryMs }: Limits, signal: AbortSignal | undefined): void {
  const { requestHandler } = config
  const handle: Handle = requestHandler.handle.bind(requestHandler) as never
  requestHandler.handle = ((request, options = {}) => {
    const sentBytes = Number(request.headers?.['content-length'] ?? 0)
    const limit = AbortSignal.timeout(millisecondsOf(tryMs, sentBytes))
    const signals = [limit, signal, options.abortSignal].filter((each) => each !== undefined)
    return handle(request, { ...options, abortSignal: AbortSignal.any(signals) }).catch((error: unknown) => {
      // By its name the SDK, and whoever looks again, know that another try can succeed.
      if (limit.aborted) throw limit.reason
      return throwRefused(error)
    })
  }) satisfies Handle
}

// A cancelled run has 4.5 s in all, from its cancel to its report: what cleans up ends before.
const cleanUpMs = 3_000

/** Returns the configuration of calls that clean up: a cancel leaves them 3 s, and the end of the run's time all of theirs. */
export function forCleanUp<C extends AwsConfig>({ endsAt: _, ...config }: C): Omit<C, 'endsAt'> {
  const { signal } = config
  if (!signal) return config
  const end = new AbortController()
  const endSoon = () => {
    setTimeout(() => end.abort(signal.reason), cleanUpMs).unref()
  }
  if (signal.aborted) endSoon()
  else signal.addEventListener('abort', endSoon, { once: true })
  return { ...config, signal: end.signal }
}

// Where nothing listens, nothing will in the next seconds, but the SDK would retry: it looks for the code, also in the cause.
function throwRefused(error: unknown): never {
  if (Object(error).code !== 'ECONNREFUSED') throw error
  throw new Error(`${messageOf(error)}; check AWS_ENDPOINT_URL`)
}
