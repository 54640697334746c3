import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { digestOf } from '../../lib/oci/digest.ts'
import { ociTypes } from '../../lib/oci/media-type.ts'

/** A request as a hostile registry meets it; `body` is what was sent with it. */
type Met = { method: string; path: string; query: URLSearchParams; body: Buffer; origin: string }

/** An answer; a body that is a stream may have no end. */
export type HostileAnswer = {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer | Iterable<Buffer>
}

/** What a registry does in the place of what it should: `undefined` where it answers as others do. */
export type Malice = (met: Met) => HostileAnswer | 'silence' | undefined

/** A registry on loopback that takes all it is sent, and answers some requests with malice. */
export type HostileRegistry = { host: string; paths: string[]; close(): void }

/** Starts one. */
export async function startHostileRegistry(malice: Malice): Promise<HostileRegistry> {
  const paths: string[] = []
  const manifests = new Map<string, Buffer>()
  const blobs = new Set<string>()
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', origin)
    paths.push(`${request.method} ${url.pathname}`)
    const body = Buffer.concat(await Array.fromAsync(request))
    const met = { method: request.method ?? '', path: url.pathname, query: url.searchParams, body, origin }
    const answer = malice(met) ?? answerWell(met, manifests, blobs)
    if (answer === 'silence') return
    response.writeHead(answer.status, answer.headers)
    if (request.method === 'HEAD') response.end()
    else await send(response, answer.body ?? '')
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const origin = `http://${host}`
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { host, paths, close }
}

async function send(response: ServerResponse, body: string | Buffer | Iterable<Buffer>): Promise<void> {
  const pieces = typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body
  // Who has read enough of it closes the connection.
  await pipeline(Readable.from(pieces, { objectMode: false }), response).catch(() => undefined)
}

function answerWell(
  { method, path, query, body }: Met,
  manifests: Map<string, Buffer>,
  blobs: Set<string>,
): HostileAnswer {
  const reference = path.split('/').at(-1) ?? ''
  if (path.endsWith('/tags/list')) return { status: 200, body: '{"tags":[]}' }
  if (path.includes('/uploads/')) {
    if (method === 'PUT') blobs.add(query.get('digest') ?? '')
    return { status: method === 'PUT' ? 201 : 202, headers: { location: '/v2/team/app/blobs/uploads/1' } }
  }
  if (path.includes('/blobs/')) return { status: blobs.has(reference) ? 200 : 404 }
  if (method === 'PUT') {
    manifests.set(reference, body).set(digestOf(body), body)
    return { status: 201 }
  }
  const found = manifests.get(reference)
  return found ? manifestAnswer(found) : { status: 404 }
}

/** Gives the bytes of an index or a manifest. */
export const manifestAnswer = (body: Buffer): HostileAnswer => ({
  status: 200,
  headers: { 'content-type': ociTypes.index, 'docker-content-digest': digestOf(body) },
  body,
})
