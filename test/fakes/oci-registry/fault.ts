import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'

/** What a request is about. */
export type Operation =
  | 'ping'
  | 'token'
  | 'start'
  | 'mount'
  | 'send'
  | 'commit'
  | 'cancel'
  | 'blob'
  | 'manifest'
  | 'tags'

/** What goes wrong. */
export type Trouble =
  /** An error instead of the work; `early` answers while the body is still on its way, and closes, or reads on. */
  | {
      kind: 'status'
      status: number
      headers?: Record<string, string>
      body?: string
      early?: 'close' | 'stay'
    }
  /** The connection is reset when so many bytes of the body have come: at once where it is not given. */
  | { kind: 'reset'; afterBytes?: number }
  /** The work is done, and the connection is reset in the place of the answer. */
  | { kind: 'lose-answer' }
  /** Nothing is ever answered. */
  | { kind: 'silence' }
  /** Half of the answer's body, and then a reset, or nothing any more. */
  | { kind: 'truncate'; next: 'reset' | 'silence' }
  /** The answer's body comes byte by byte. */
  | { kind: 'slow' }
  /** The request's body is not read before the promise resolves. */
  | { kind: 'hold'; until: Promise<unknown> }

/** Which requests meet a trouble, and how often; without a condition, the next one. */
export type Fault = {
  method?: string
  path?: RegExp
  operation?: Operation
  /** Matching requests that pass unharmed first. */
  skip?: number
  /** Firings; 1 where it is not given. */
  times?: number
  trouble: Trouble
}

/** A fault that was set, and how often it has fired: a test asserts that it did. */
export type ArmedFault = { readonly fired: number }

type Armed = { fault: Fault; skip: number; fired: number }

/** The faults of one registry, first set, first met. */
export class Faults {
  readonly #armed: Armed[] = []

  /** Sets a fault. */
  arm(fault: Fault): ArmedFault {
    const armed = { fault, skip: fault.skip ?? 0, fired: 0 }
    this.#armed.push(armed)
    return armed
  }

  /** Gives the trouble that a request meets, if any, and counts it. */
  take(request: { method: string; path: string; operation: Operation }): Trouble | undefined {
    const armed = this.#armed.find(
      ({ fault, fired }) =>
        fired < (fault.times ?? 1) &&
        (fault.method ?? request.method) === request.method &&
        (fault.operation ?? request.operation) === request.operation &&
        (fault.path?.test(request.path) ?? true),
    )
    if (!armed) return undefined
    if (armed.skip > 0) {
      armed.skip--
      return undefined
    }
    armed.fired++
    return armed.fault.trouble
  }
}

/** Reads a request's body through a trouble; `undefined` where the trouble ended the request. */
export async function readThrough(
  trouble: Trouble | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  take: (piece: Buffer) => void,
): Promise<boolean> {
  if (trouble?.kind === 'hold') await trouble.until
  if (trouble?.kind === 'reset' && !trouble.afterBytes) return reset(request)
  let sizeBytes = 0
  // A loop that is left would destroy the connection, and with it an early answer.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    sizeBytes += piece.length
    if (trouble?.kind === 'status' && trouble.early) return refuse(trouble, response)
    if (trouble?.kind === 'reset' && sizeBytes >= (trouble.afterBytes ?? 0)) return reset(request)
    take(piece)
  }
  if (trouble?.kind === 'reset') throw new Error(`the body ended before the fault: ${sizeBytes} bytes`)
  if (trouble?.kind === 'status') return refuse(trouble, response)
  return trouble?.kind !== 'silence'
}

function reset({ socket }: { socket: IncomingMessage['socket'] }): false {
  socket.resetAndDestroy()
  return false
}

function refuse(trouble: Trouble & { kind: 'status' }, response: ServerResponse): false {
  response.writeHead(trouble.status, trouble.headers).end(trouble.body)
  if (trouble.early === 'close') void closeLater(response)
  return false
}

// Servers linger for the same reason: the reset that unread bytes cause would take the answer away.
async function closeLater(response: ServerResponse): Promise<void> {
  const { socket } = response
  await once(response, 'finish')
  for (let turn = 0; turn < 2; turn++) await setImmediate()
  socket?.destroy()
}

/** Writes an answer through a trouble. */
export async function answerThrough(
  trouble: Trouble | undefined,
  response: ServerResponse,
  answer: { status: number; headers: Record<string, string>; body: Buffer },
): Promise<void> {
  const { status, headers, body } = answer
  if (trouble?.kind === 'lose-answer') {
    response.socket?.resetAndDestroy()
    return
  }
  response.writeHead(status, { 'content-length': String(body.length), ...headers })
  if (trouble?.kind === 'slow') for (const byte of body) response.write(Buffer.of(byte))
  if (trouble?.kind !== 'truncate') {
    response.end(trouble?.kind === 'slow' ? undefined : body)
    return
  }
  response.write(body.subarray(0, body.length / 2), () => {
    if (trouble.next === 'reset') response.socket?.destroy()
  })
}
