import {
  Agent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { deliver } from './delivery.ts'
import { type Answer, errorAnswer, isErrorAnswer } from './error-answer.ts'
import type { Call, Rule } from './fault.ts'
import { type Operation, type Request, recognize } from './operation.ts'
import { makeRecorder } from './recorder.ts'

/** A proxy between an action and the local AWS, with at most one fault. */
export type FaultProxy = {
  /** Takes the place of the local AWS's endpoint. */
  endpoint: string
  /** All calls so far, in the order in which they came. */
  calls: readonly Call[]
  /** Resolves when the fault has happened; never without a rule. */
  fired: Promise<void>
  close(): Promise<void>
}

type Exchange = { upstream: URL; operation: Operation; request: Request; own: string }

/** Starts a proxy in front of `upstream` on a free port; `kill` ends the action at once. */
export async function startProxy(
  upstream: string,
  { rule, kill = () => {} }: { rule?: Rule | undefined; kill?: () => void } = {},
): Promise<FaultProxy> {
  const recorder = makeRecorder(rule)
  const fired = Promise.withResolvers<void>()
  const agent = new Agent({ keepAlive: true })
  let own = ''

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming
    const request = { method, url, headers, body: await buffer(incoming) }
    const exchange = { upstream: new URL(upstream), operation: recognize(request), request, own }
    const { call, before } = recorder.add(exchange.operation, request)
    const fault = call.fault
    if (fault) setImmediate(fired.resolve)
    const reset = () => void incoming.socket.resetAndDestroy()
    if (fault === 'silence') return
    if (fault === 'reset-before') return reset()
    if (fault === 'kill-before') return [kill(), reset()][1]
    if (fault && isErrorAnswer(fault)) {
      return deliver(response, errorAnswer(fault, exchange.operation, method), 'whole')
    }
    if (fault === 'stale' && before) return deliver(response, before, 'whole')
    const real = await forward(exchange, agent)
    recorder.keep(call, request, real)
    if (fault === 'kill-after') kill()
    if (fault === 'kill-after' || fault === 'reset-after') return reset()
    deliver(response, real, fault === 'cut-body' ? 'cut' : fault === 'slow-drip' ? 'drip' : 'whole')
  }

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => incoming.socket.destroy())
  })
  // The silence of a fault ends by the client's time-out, never by ours.
  Object.assign(server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 })
  own = await listen(server)
  return {
    endpoint: `http://${own}`,
    calls: recorder.calls,
    fired: fired.promise,
    close: () => close(server, agent),
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function close(server: Server, agent: Agent): Promise<void> {
  agent.destroy()
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

/** Carries a call out, with the caller's Host header; the answer names the proxy where it named the local AWS. */
async function forward({ upstream, operation, request, own }: Exchange, agent: Agent): Promise<Answer> {
  const { method, url, headers, body } = request
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname, port } = upstream
    const outgoing = sendRequest({ hostname, port, method, path: url, headers, agent }, resolve)
    outgoing.once('error', reject)
    outgoing.end(body)
  })
  const bytes = await buffer(incoming)
  const rename = (text: string) => text.replaceAll(upstream.host, own)
  const named = operation.name === 'ecr:GetAuthorizationToken'
  const { location, 'transfer-encoding': _, connection: __, ...rest } = incoming.headers
  return {
    status: incoming.statusCode ?? 502,
    headers: {
      ...Object.fromEntries(Object.entries(rest).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))),
      ...(location && { location: rename(location) }),
    },
    body: named ? Buffer.from(rename(bytes.toString('latin1')), 'latin1') : bytes,
  }
}
