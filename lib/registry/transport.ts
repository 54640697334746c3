import { UserError } from '../errors.ts'
import type { Clock } from '../wait.ts'

/** A registry that answered with an error; the message names method and URL without its query. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly status: number

  constructor(method: string, url: URL, status: number, detail: string) {
    super(`${method} ${url.origin}${url.pathname}: ${status}${detail ? `: ${detail}` : ''}`)
    this.status = status
  }
}

/** What a request carries besides method and URL. */
export type RequestOptions = {
  headers?: Record<string, string>
  body?: Uint8Array | AsyncIterable<Uint8Array>
  /** Statuses that are answers, not errors. */
  accept: readonly number[]
}

/** Sends requests to one registry, with its credentials, and again where that can help. */
export type Transport = {
  origin: string
  send(method: string, path: string | URL, options: RequestOptions): Promise<Response>
}

/** What a transport is made of; `authorization` is the value of the header, and never logged. */
export type TransportSettings = { origin: string; authorization: string; clock: Clock; signal: AbortSignal }

const attempts = 5

/** Makes the transport of a registry. TLS is required but for loopback. */
export function makeTransport(settings: TransportSettings): Transport {
  const { origin } = settings
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    throw new UserError(`registry: expected https, got ${origin}`)
  }
  const send: Transport['send'] = async (method, path, options) => {
    const url = new URL(path, origin)
    if (url.origin !== origin) {
      throw new Error(`${method} ${url.origin}${url.pathname}: refused, credentials are for ${origin} only`)
    }
    // A body that is read once cannot be sent again: who streams starts over with a new upload session.
    const once = options.body !== undefined && !(options.body instanceof Uint8Array)
    return await sendWithRetries(settings, method, url, options, once ? 1 : attempts)
  }
  return { origin, send }
}

async function sendWithRetries(
  settings: TransportSettings,
  method: string,
  url: URL,
  options: RequestOptions,
  tries: number,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(settings, method, url, options)
    } catch (error) {
      settings.signal.throwIfAborted()
      if (attempt >= tries || !isPassing(error)) throw error
      await settings.clock.sleep(2 ** attempt * 100, settings.signal)
    }
  }
}

async function sendOnce(
  { authorization, signal }: TransportSettings,
  method: string,
  url: URL,
  { headers = {}, body, accept }: RequestOptions,
): Promise<Response> {
  const stream = body === undefined || body instanceof Uint8Array ? body : ReadableStream.from(body)
  const response = await fetch(url, {
    method,
    headers: { ...headers, authorization },
    signal,
    redirect: 'follow',
    ...(stream === undefined ? {} : { body: stream, duplex: 'half' }),
  })
  if (accept.includes(response.status)) return response
  throw new RegistryError(method, url, response.status, describeErrors(await response.text()))
}

/** Tells whether trying again can help: throttling, a server's fault, or a broken connection. */
export function isPassing(error: unknown): boolean {
  if (error instanceof RegistryError) return error.status === 429 || error.status >= 500
  // fetch reports every broken connection as a TypeError whose cause is the socket's error.
  return error instanceof TypeError && error.cause !== undefined && !(error.cause instanceof UserError)
}

function describeErrors(body: string): string {
  try {
    const errors: unknown = Object(JSON.parse(body)).errors
    if (!Array.isArray(errors)) return ''
    return errors.map((error) => `${Object(error).code}: ${Object(error).message}`).join('; ')
  } catch {
    return body.slice(0, 200)
  }
}
