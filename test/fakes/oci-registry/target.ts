import type { IncomingMessage } from 'node:http'
import type { Operation } from './fault.ts'

/** What a request is about, read from its URL. */
export type Target = {
  operation: Operation
  path: string
  query: URLSearchParams
  /** Repository. */
  name?: string
  session?: string
  /** Digest or tag. */
  reference?: string
}

/** Parses the URL of a request. */
export function parseTarget({ method = '', url = '' }: IncomingMessage): Target {
  const { pathname: path, searchParams: query } = new URL(url, 'http://registry')
  const upload = /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<session>[^/]*)$/.exec(path)?.groups
  if (upload) return { ...upload, path, query, operation: chooseUpload(method, query) }
  const part = /^\/v2\/(?<name>.+)\/(?<kind>blobs|manifests)\/(?<reference>[^/]+)$/.exec(path)?.groups
  if (part) {
    const { name = '', reference = '' } = part
    return { path, query, name, reference, operation: part.kind === 'blobs' ? 'blob' : 'manifest' }
  }
  const listed = /^\/v2\/(?<name>.+)\/tags\/list$/.exec(path)?.groups
  if (listed) return { ...listed, path, query, operation: 'tags' }
  return { path, query, operation: path === '/token' ? 'token' : 'ping' }
}

function chooseUpload(method: string, query: URLSearchParams): Operation {
  if (method === 'POST') return query.has('mount') ? 'mount' : 'start'
  if (method === 'PATCH') return 'send'
  return method === 'PUT' ? 'commit' : 'cancel'
}
