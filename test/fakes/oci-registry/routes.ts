import type { IncomingMessage } from 'node:http'
import { type Answer, empty, refusal } from './answer.ts'
import { getManifest, listTags, putManifest } from './manifests.ts'
import type { Quirks } from './quirks.ts'
import type { Store, StoredRepository } from './store.ts'
import type { Target } from './target.ts'
import { commitUpload, finishChunk, refuseChunk, startUpload } from './uploads.ts'

/** What decides how a registry answers. */
export type Rules = {
  quirks: Quirks
  keepContent: boolean
  locate(path: string): string
  redirectBlobs: ((path: string) => string) | undefined
}

const notSupported = refusal(405, 'UNSUPPORTED', 'the operation is unsupported')

/** Refuses a request for what it names, before its body is read. */
export function refuseEarly(
  store: Store,
  target: Target,
  request: IncomingMessage,
  rules: Rules,
): Answer | undefined {
  const { name, session, operation } = target
  if (name && !store.repositories.has(name)) {
    return refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry')
  }
  if (operation !== 'send' && operation !== 'commit' && operation !== 'cancel') return undefined
  const found = store.sessions.get(session ?? '')
  if (!found) return refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry')
  return refuseChunk(found, request.method ?? '', request.headers['content-range'], rules)
}

/** Does what a request asks for, once its body is there. */
export function answer(
  store: Store,
  target: Target,
  request: IncomingMessage,
  content: { body: Buffer; bodyBytes: number },
  rules: Rules,
): Answer {
  const { name = '', operation, reference = '', query } = target
  const repository = store.repositories.get(name)
  if (!repository) return operation === 'ping' ? empty(200) : notSupported
  const session = store.sessions.get(target.session ?? '')
  if (operation === 'manifest') return answerManifest(repository, target, request, content.body, rules)
  if (operation === 'tags') return listTags(repository, name)
  if (operation === 'blob') return getBlob(repository, reference, target.path, rules)
  if (!session) return startUpload(store, name, repository, query, rules)
  if (operation === 'send') return finishChunk(session, content.bodyBytes, rules)
  if (operation === 'cancel') {
    store.sessions.delete(session.id)
    return empty(204)
  }
  const last = { digest: query.get('digest') ?? '', lastBytes: content.bodyBytes }
  return commitUpload(store, session, repository, last, rules)
}

function answerManifest(
  repository: StoredRepository,
  { reference = '' }: Target,
  { method, headers }: IncomingMessage,
  bytes: Buffer,
  { quirks }: Rules,
): Answer {
  if (method !== 'PUT') return getManifest(repository, reference, headers.accept ?? '')
  return putManifest(repository, reference, { mediaType: headers['content-type'] ?? '', bytes }, quirks)
}

function getBlob(repository: StoredRepository, digest: string, path: string, rules: Rules): Answer {
  const blob = repository.blobs.get(digest)
  if (!blob) return refusal(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
  if (rules.redirectBlobs) return empty(307, { location: rules.redirectBlobs(path) })
  const headers = { 'docker-content-digest': digest, 'content-type': 'application/octet-stream' }
  return { status: 200, headers, body: blob.bytes ?? Buffer.alloc(0) }
}
