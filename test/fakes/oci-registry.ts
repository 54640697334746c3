import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { Access, type AccessOptions } from './oci-registry/access.ts'
import { type Answer, empty } from './oci-registry/answer.ts'
import { type ArmedFault, answerThrough, type Fault, Faults, readThrough } from './oci-registry/fault.ts'
import { plain, type Quirks } from './oci-registry/quirks.ts'
import { answer, refuseEarly } from './oci-registry/routes.ts'
import { Session, Store, type StoredRepository } from './oci-registry/store.ts'
import { parseTarget, type Target } from './oci-registry/target.ts'

/** How a registry is set up. */
export type RegistryOptions = {
  quirks?: Partial<Quirks>
  access?: AccessOptions
  /** Certificate and key of a registry that speaks TLS. */
  tls?: { cert: string; key: string }
  /** Repositories that are there; without it, each is made when it is named. */
  repositories?: readonly string[]
  /** With false, a connection is closed after each request. */
  keepAlive?: boolean
  /** Keeps the bytes of blobs; with false, only their sizes. */
  keepContent?: boolean
  /** Turns the path of an upload into its Location. */
  locate?(path: string): string
  /** Sends readers of blobs elsewhere. */
  redirectBlobs?(path: string): string
}

/** A request as the registry met it. */
type RecordedRequest = {
  method: string
  /** Without its query. */
  path: string
  query: string
  operation: Target['operation']
  authorization: string | undefined
  bodyBytes: number
  /** 0 where it was not answered. */
  status: number
}

/**
 * An OCI registry in memory, on loopback. Contract (test/contract/oci-registry.test.ts): a blob is there when
 * a session with its digest was committed; a manifest when all its parts are; a tag names the last one put.
 */
export type OciRegistry = {
  origin: string
  /** `host:port`. */
  host: string
  requests: readonly RecordedRequest[]
  repositories: ReadonlyMap<string, StoredRepository>
  /** Ids of sessions that are neither committed nor cancelled. */
  sessions: ReadonlyMap<string, unknown>
  fail(fault: Fault): ArmedFault
  issueToken: Access['issueToken']
  revokeTokens: Access['revokeTokens']
  close(): void
}

/** Starts a registry on a free port. */
export async function startOciRegistry(options: RegistryOptions = {}): Promise<OciRegistry> {
  const {
    repositories,
    keepContent = true,
    locate = (path) => path,
    access: kind = { kind: 'none' },
  } = options
  const quirks = { ...plain, ...options.quirks }
  const [store, faults, requests] = [new Store(), new Faults(), [] as RecordedRequest[]]
  for (const name of repositories ?? []) store.create(name)
  const access = new Access(kind, () => origin)
  const rules = { quirks, keepContent, locate, redirectBlobs: options.redirectBlobs }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const target = parseTarget(request)
    const recorded = record(request, target)
    requests.push(recorded)
    response.once('finish', () => {
      recorded.status = response.statusCode
    })
    const trouble = faults.take(recorded)
    const repository = target.name ? (store.repositories.get(target.name) ?? make(target.name)) : undefined
    if (target.name && !repository && quirks.dropsMissing) {
      request.socket.destroy()
      return
    }
    const early = refuse(request, target) ?? refuseEarly(store, target, request, rules)
    const session = store.sessions.get(target.session ?? '') ?? new Session('', true)
    const body: Buffer[] = []
    const whole = await readThrough(early ? undefined : trouble, request, response, (piece) => {
      recorded.bodyBytes += piece.length
      if (early) return
      if (target.operation === 'manifest') body.push(piece)
      else session.add(piece)
    })
    if (!whole) return
    const content = { body: Buffer.concat(body), bodyBytes: recorded.bodyBytes }
    const done = early ?? (target.operation === 'token' ? access.grant(request, target.query) : undefined)
    const made = done ?? answer(store, target, request, content, rules)
    await answerThrough(trouble, response, request.method === 'HEAD' ? withoutBody(made) : made)
  }
  const make = (name: string) => (repositories ? undefined : store.create(name))
  const refuse = (request: IncomingMessage, { operation, name }: Target) => {
    const actions = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'pull,push'
    return operation === 'token' ? undefined : access.check(request, `repository:${name ?? ''}:${actions}`)
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A connection that breaks while its request is read is what some tests are about.
    handle(request, response).catch(() => response.destroy())
  }
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
  if (options.keepAlive === false) server.maxRequestsPerSocket = 1
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const origin = `${options.tls ? 'https' : 'http'}://${host}`
  return {
    origin,
    host,
    requests,
    repositories: store.repositories,
    sessions: store.sessions,
    fail: (fault) => faults.arm(fault),
    issueToken: () => access.issueToken(),
    revokeTokens: () => access.revokeTokens(),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function record(request: IncomingMessage, { path, query, operation }: Target): RecordedRequest {
  const { authorization } = request.headers
  const method = request.method ?? ''
  return { method, path, query: query.toString(), operation, authorization, bodyBytes: 0, status: 0 }
}

// A HEAD tells the length of what a GET would give.
const withoutBody = ({ status, headers, body }: Answer): Answer => ({
  ...empty(status, { ...headers, 'content-length': String(body.length) }),
})
