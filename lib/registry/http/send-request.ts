import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setImmediate } from 'node:timers/promises'
import type { HttpAgents } from '../../http-agents.ts'
import { ConnectionError } from './errors.ts'

/**
 * What is sent: bytes that are at hand, or a stream of unknown length, sent chunked. The connection is done with a
 * piece of a stream before it asks for the next, so that its memory can be used again.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array>

/** One request, with all its headers. */
export type HttpRequest = {
  method: string
  url: URL
  headers: Record<string, string>
  body?: Body | undefined
}

/** A whole answer. */
export type HttpResponse = { status: number; headers: IncomingHttpHeaders; url: URL; body: Buffer }

/** What requests travel by; a connection on which nothing moves for `idleMs` has failed. */
export type Wire = { agents: HttpAgents; idleMs: number; signal: AbortSignal }

// Manifests, configs and tokens are a few KiB: an answer of this size is a mistake, and would cost the memory.
const largestAnswerBytes = 64 * 1024 ** 2

/**
 * Sends one request and gives the whole answer, whatever its status. A registry that refuses a body answers
 * before all of it is sent: that answer is given, and the rest of the body is not asked for.
 * Throws ConnectionError, the body's own error, or the reason of the signal.
 */
export async function sendRequest(request: HttpRequest, wire: Wire): Promise<HttpResponse> {
  wire.signal.throwIfAborted()
  const outgoing = open(request, wire)
  const idle = new IdleTimer(wire.idleMs, () => outgoing.destroy())
  // A signal of its own: the shared one would warn of a leak from the eleventh request at a time on.
  const abort = AbortSignal.any([wire.signal])
  const cut = () => outgoing.destroy()
  abort.addEventListener('abort', cut)
  const answer = receive(outgoing, request, idle)
  const sending = send(outgoing, request.body, idle)
  for (const promise of [answer, sending]) promise.catch(() => undefined)
  try {
    await Promise.race([sending, answer])
    const response = await answer
    if (response.status < 300 && !(await sending)) throw lostBody(request)
    return response
  } catch (error) {
    wire.signal.throwIfAborted()
    throw idle.expired ? silence(request, wire) : error
  } finally {
    idle.close()
    abort.removeEventListener('abort', cut)
    // A connection with half a request on it is of no more use.
    if (!outgoing.writableFinished) outgoing.destroy()
  }
}

function open({ method, url, headers, body }: HttpRequest, { agents }: Wire): ClientRequest {
  const length = body instanceof Uint8Array ? { 'content-length': body.length } : {}
  const bare = body === undefined && ['POST', 'PUT', 'PATCH'].includes(method) ? { 'content-length': 0 } : {}
  const options = { method, headers: { ...headers, ...length, ...bare } }
  return url.protocol === 'https:'
    ? httpsRequest(url, { ...options, agent: agents.https })
    : httpRequest(url, { ...options, agent: agents.http })
}

const lostBody = ({ method, url }: HttpRequest) =>
  new ConnectionError(method, url, new Error('the connection closed before the whole body was sent'))

const silence = ({ method, url }: HttpRequest, { idleMs }: Wire) =>
  new ConnectionError(method, url, new Error(`nothing moved on the connection for ${idleMs / 1000} s`))

/** Sends the body as fast as the connection takes it; false where the connection closed first. */
async function send(outgoing: ClientRequest, body: Body | undefined, idle: IdleTimer): Promise<boolean> {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body)
    return true
  }
  let wake = () => {}
  outgoing.on('close', () => wake())
  const written = (piece: Uint8Array) =>
    new Promise<void>((resolve) => {
      // A connection that closes may never say what became of the piece.
      wake = resolve
      outgoing.write(piece, () => resolve())
    })
  // While the source makes its next piece, the silence is ours.
  idle.stop()
  for await (const piece of body) {
    idle.start()
    // Lets an answer in before the write: a write into a connection that the registry has reset after its
    // answer fails, and takes the answer along. What is reset during the write is lost all the same: then the
    // error is that of the connection, which is worth another try.
    await setImmediate()
    if (outgoing.destroyed) return false
    await written(piece)
    idle.stop()
  }
  idle.start()
  outgoing.end()
  return true
}

function receive(
  outgoing: ClientRequest,
  { method, url }: HttpRequest,
  idle: IdleTimer,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(new ConnectionError(method, url, cause))
    let answered = false
    outgoing.on('error', (error) => {
      // Once an answer has begun, what becomes of it decides, not what becomes of the body.
      if (!answered) fail(error)
    })
    outgoing.once('response', (message) => {
      answered = true
      const { statusCode: status = 0, headers } = message
      collect(message, status, idle).then((body) => resolve({ status, headers, url, body }), fail)
    })
  })
}

async function collect(message: IncomingMessage, status: number, idle: IdleTimer): Promise<Buffer> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const piece of message) {
      idle.start()
      pieces.push(piece)
      sizeBytes += piece.length
      if (sizeBytes > largestAnswerBytes)
        throw new Error(`the answer is larger than ${largestAnswerBytes} bytes`)
    }
  } catch (error) {
    // The status of an error is worth more than the rest of its text.
    if (status < 400) throw error
  }
  return Buffer.concat(pieces)
}

/** Ends a connection on which nothing moved for a while; it runs from the start on. */
class IdleTimer {
  readonly #ms: number
  readonly #end: () => void
  #timer: NodeJS.Timeout | undefined
  #closed = false
  expired = false

  constructor(ms: number, end: () => void) {
    this.#ms = ms
    this.#end = end
    this.start()
  }

  start(): void {
    this.stop()
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.expired = true
      this.#end()
    }, this.#ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Stops for good: a body that is still making its next piece would start it again, and keep the process alive. */
  close(): void {
    this.stop()
    this.#closed = true
  }
}
