import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setImmediate } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { closeIdle, type HttpAgents } from '../../http-agents.ts'
import { largestManifestBytes } from '../../oci/manifest.ts'
import { ConnectionError, OversizedError } from './errors.ts'
import { leastRate, RateMeter, RequestTimer, type TimeLimits } from './time-limits.ts'

/**
 * What is sent: bytes that are at hand, or a stream of unknown length, sent chunked. The connection is done with a
 * piece of a stream before it requests the next, so that its memory can be used again.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array>

/** One request, with all its headers. */
export type HttpRequest = {
  method: string
  url: URL
  headers: Record<string, string>
  body?: Body | undefined
  /** Bytes of it that came through cannot be sent again. */
  once?: boolean | undefined
  /** An answer that is larger is an error; 4 MiB where it is not given. */
  largestAnswerBytes?: number | undefined
}

/** A whole answer. */
export type HttpResponse = { status: number; headers: IncomingHttpHeaders; url: URL; body: Buffer }

/** The connections of requests, and how long requests may take. */
export type Wire = {
  agents: HttpAgents
  limits: TimeLimits
  signal: AbortSignal
  /** What is learned about the registry's connections, by all requests that share it. */
  habits?: Habits
}

/** Whether the registry was seen to close a connection that it had kept open. */
type Habits = { closesIdle: boolean }

// Only the first words of an error are reported.
const largestErrorBytes = 64 * 1024

/**
 * Sends one request and returns the whole answer, whatever its status. A registry that refuses a body answers
 * before all of it is sent: that answer is returned, and the rest of the body is not read.
 * Throws ConnectionError, the body's own error, or the reason of the signal.
 *
 * A request that meets a connection which the registry has closed since the last one is sent on a new one, as by Go's
 * client. What cannot be sent twice begins on a new one where the registry was seen to do so.
 */
export async function sendRequest(request: HttpRequest, wire: Wire): Promise<HttpResponse> {
  const { agents, habits = { closesIdle: false } } = wire
  const { body, once } = request
  const isRepeatable = body === undefined || (body instanceof Uint8Array && !once)
  if (habits.closesIdle && !isRepeatable) closeIdle(agents)
  try {
    return await sendOnce(request, wire)
  } catch (error) {
    if (!(error instanceof ConnectionError && error.stale)) throw error
    habits.closesIdle = true
    if (!isRepeatable) throw error
    closeIdle(agents)
    return await sendOnce(request, wire)
  }
}

async function sendOnce(request: HttpRequest, wire: Wire): Promise<HttpResponse> {
  wire.signal.throwIfAborted()
  const outgoing = open(request, wire)
  const timer = new RequestTimer(wire.limits, () => outgoing.destroy())
  watchConnection(outgoing, timer)
  const abort = watchAbort(wire.signal, outgoing)
  const answer = receive(outgoing, request, timer)
  const sending = send(outgoing, request.body, timer)
  for (const promise of [answer, sending]) promise.catch(() => undefined)
  try {
    await Promise.race([sending, answer, abort.promise])
    const response = await Promise.race([answer, abort.promise])
    const isWhole = response.status >= 300 || (await Promise.race([sending, abort.promise]))
    if (!isWhole) throw lostBody(request)
    return response
  } catch (error) {
    wire.signal.throwIfAborted()
    throw timer.expired === undefined ? error : expiry(request, timer.expired)
  } finally {
    timer.close()
    abort.stop()
    // A connection with half a request on it is of no more use.
    if (!outgoing.writableFinished) outgoing.destroy()
  }
}

/** Returns a promise that rejects when the signal aborts: a body may take long to produce its next piece. */
function watchAbort(signal: AbortSignal, outgoing: ClientRequest): { promise: Promise<never>; stop(): void } {
  // A signal of its own: the shared one would warn of a leak from the eleventh request at a time on.
  const abort = AbortSignal.any([signal])
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const cut = () => {
    outgoing.destroy()
    reject(signal.reason)
  }
  abort.addEventListener('abort', cut)
  return { promise, stop: () => abort.removeEventListener('abort', cut) }
}

function watchConnection(outgoing: ClientRequest, timer: RequestTimer): void {
  timer.start('connectMs')
  timer.start('idleMs')
  const stands = () => timer.stop('connectMs')
  outgoing.once('socket', (socket) => {
    if (socket.connecting) socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', stands)
    else stands()
  })
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

const expiry = ({ method, url }: HttpRequest, reason: string) =>
  new ConnectionError(method, url, new Error(reason))

/** Sends the body as fast as the connection accepts it; returns false if the connection was closed first. */
async function send(outgoing: ClientRequest, body: Body | undefined, timer: RequestTimer): Promise<boolean> {
  if (body === undefined || body instanceof Uint8Array) {
    timer.start('totalMs')
    outgoing.end(body)
    return true
  }
  const write = makeWriter(outgoing, timer)
  // While the source produces its next piece, the silence is ours.
  timer.stop('idleMs')
  for await (const piece of body) {
    timer.start('idleMs')
    // Lets an answer in before the write: a write into a connection that the registry has reset after its
    // answer fails, and takes the answer along. What is reset during the write is lost all the same: then the
    // error is that of the connection, which is worth another try.
    await setImmediate()
    if (outgoing.destroyed) return false
    await write(piece)
    timer.stop('idleMs')
  }
  timer.start('idleMs')
  timer.start('totalMs')
  outgoing.end()
  return true
}

function makeWriter(outgoing: ClientRequest, timer: RequestTimer): (piece: Uint8Array) => Promise<void> {
  const meter = new RateMeter()
  let wake = () => {}
  outgoing.on('close', () => wake())
  return async (piece) => {
    const start = performance.now()
    await new Promise<void>((resolve) => {
      // A connection that closes may never report what became of the piece.
      wake = resolve
      outgoing.write(piece, () => resolve())
    })
    if (!meter.count(piece.length, performance.now() - start)) {
      timer.expire(`the body was taken at less than ${leastRate.bytesPerSecond} bytes per second`)
    }
  }
}

function receive(
  outgoing: ClientRequest,
  { method, url, largestAnswerBytes = largestManifestBytes }: HttpRequest,
  timer: RequestTimer,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error, stale = false) => reject(new ConnectionError(method, url, cause, stale))
    let answered = false
    const isSilent = watchSilence(outgoing)
    outgoing.on('error', (error) => {
      // Once an answer has begun, what becomes of it decides, not what becomes of the body.
      if (!answered) fail(error, outgoing.reusedSocket && isSilent() && isClosed(error))
    })
    outgoing.once('response', (message) => {
      answered = true
      const { statusCode: status = 0, headers } = message
      const collected =
        status < 400 ? collect(message, largestAnswerBytes, timer) : collectError(message, timer)
      collected.then(
        (body) => resolve({ status, headers, url, body }),
        (error) => fail(error),
      )
    })
  })
}

/** Returns a function that tells whether no byte of an answer has come yet. */
function watchSilence(outgoing: ClientRequest): () => boolean {
  let before = 0
  outgoing.once('socket', ({ bytesRead }) => {
    before = bytesRead
  })
  return () => outgoing.socket?.bytesRead === before
}

const isClosed = (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET' || error.code === 'EPIPE'

async function collect(message: IncomingMessage, mostBytes: number, timer: RequestTimer): Promise<Buffer> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  for await (const piece of message) {
    timer.start('idleMs')
    pieces.push(piece)
    sizeBytes += piece.length
    if (sizeBytes > mostBytes) throw new OversizedError(`the answer is larger than ${mostBytes} bytes`)
  }
  return Buffer.concat(pieces)
}

// The status of an error is worth more than the rest of its text.
async function collectError(message: IncomingMessage, timer: RequestTimer): Promise<Buffer> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const piece of message) {
      timer.start('idleMs')
      pieces.push(piece)
      sizeBytes += piece.length
      if (sizeBytes > largestErrorBytes) break
    }
  } catch {
    // What came of it is enough.
  }
  return Buffer.concat(pieces)
}
