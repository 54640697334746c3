import { createServer, type IncomingMessage } from 'node:http'
import { readKind } from '../../actions/check-service/picture/kind.ts'
import { writePng } from '../fixtures/png.ts'

/** What is wrong with the service. */
export type ServiceFault =
  | 'same-picture'
  | 'other-size'
  | 'any-signature'
  | 'long-life'
  | 'foreign-files'
  | 'open'
  | 'failing-202'
  | 'silent-202'
  | 'no-result'
  | 'redirect'
  | 'no-json'
  | 'loading'
  | 'model-failed'
  | 'no-models'

/**
 * The API of an inference service with its buckets, on loopback. Contract: a key names a user, whose files lie below
 * that name; a URL works with its signature and for 900 s; an inference gives a black picture of the same size.
 * Below /triton it answers as Triton does, which is ready at the second look, and has a model that nobody has loaded.
 */
export type InferenceApi = {
  url: string
  /** `METHOD path` of every request, in order. */
  asked: string[]
  close(): void
}

const users: Readonly<Record<string, string>> = { 'alice-key': 'alice', 'bob-key': 'bob' }
type Answer = { status: number; body?: string | Buffer | object; headers?: Record<string, string> }

/** Starts the API; it answers the first requests with 503, as one that starts. */
export async function startInferenceApi({
  faults = [],
  starting = 0,
}: {
  faults?: readonly ServiceFault[]
  starting?: number
} = {}): Promise<InferenceApi> {
  const asked: string[] = []
  const objects = new Map<string, Buffer>()
  const has = (fault: ServiceFault) => faults.includes(fault)
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const url = new URL(request.url ?? '', origin)
    asked.push(`${request.method} ${url.pathname}`)
    const { status, body: content = '', headers } = answer(request, url, body)
    response.writeHead(status, headers)
    response.end(typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
  })
  const answer = (request: IncomingMessage, url: URL, body: Buffer): Answer => {
    if (asked.length <= starting) return { status: 503, body: { message: 'no healthy target' } }
    if (has('redirect')) return { status: 302, headers: { location: 'https://other.example.com/' } }
    if (url.pathname.startsWith('/ping')) return { status: 200, body: { status: 'ok' } }
    if (url.pathname.startsWith('/objects/')) return transfer(request, url, body)
    if (url.pathname.startsWith('/triton/v2/')) return triton(url.pathname.slice('/triton/v2/'.length))
    const key = request.headers['x-api-key']
    const user = users[String(key)] ?? (has('open') ? 'alice' : undefined)
    if (user === undefined) return { status: key === undefined ? 401 : 403 }
    return url.pathname === '/presign'
      ? presign(user, url)
      : infer(user, request, JSON.parse(body.toString()).file)
  }
  const triton = (path: string): Answer => {
    const looks = asked.filter((each) => each === 'GET /triton/v2/health/ready').length
    if (path === 'health/ready') return { status: looks > 1 && !has('loading') ? 200 : 400 }
    const ready = { name: 'denoiser', version: '2', state: 'READY' }
    const failed = { name: 'scaler', version: '1', state: 'UNAVAILABLE', reason: 'no such file' }
    const old = { ...ready, version: '1', state: 'UNAVAILABLE', reason: 'unloaded' }
    const index = [...(has('no-models') ? [] : [ready]), ...(has('model-failed') ? [failed] : []), old]
    if (path === 'repository/index') return { status: 200, body: [...index, { name: 'other' }] }
    return { status: path === 'models/denoiser/ready' ? 200 : 400 }
  }
  const presign = (user: string, url: URL): Answer => {
    const key = `${user}/${url.searchParams.get('file')}`
    const folder = url.searchParams.get('mode') === 'upload' ? 'in' : 'out'
    const expires = has('long-life') ? 604_800 : 900
    const query = `X-Amz-Date=20261123T200000Z&X-Amz-Expires=${expires}&X-Amz-Signature=cafe`
    return { status: 200, body: { url: `${origin}/objects/${folder}/${key}?${query}`, key } }
  }
  const transfer = (request: IncomingMessage, url: URL, body: Buffer): Answer => {
    const isSigned = url.search.includes('=20261123T') && url.search.endsWith('=cafe')
    if (!isSigned && !has('any-signature')) return { status: 403, body: '<Error/>' }
    if (request.method === 'PUT') objects.set(url.pathname, body)
    const found = objects.get(url.pathname)
    return found ? { status: 200, body: found } : { status: 404 }
  }
  const infer = (user: string, request: IncomingMessage, key: string): Answer => {
    if (!key.startsWith(`${user}/`) && !has('foreign-files'))
      return { status: 403, body: { code: 'foreign-file' } }
    const sent = objects.get(`/objects/in/${key}`)
    if (has('no-json')) return { status: 200, body: 'done' }
    if (has('no-result')) return { status: 200, body: { files: [] } }
    const isAsync = request.headers.prefer === 'respond-async'
    if (isAsync && has('failing-202'))
      objects.set(`/objects/out/${key}.error.json`, Buffer.from('{"code":"busy"}'))
    else if (sent && !(isAsync && has('silent-202'))) objects.set(`/objects/out/${key}`, denoise(sent))
    return { status: isAsync ? 202 : 200, body: { file: key } }
  }
  const denoise = (sent: Buffer) => {
    const { width = 1, height = 1 } = readKind(sent) ?? {}
    return has('same-picture')
      ? sent
      : writePng({ width: has('other-size') ? width + 1 : width, height }, () => 0)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return { url: origin, asked, close: () => server.close() }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}
