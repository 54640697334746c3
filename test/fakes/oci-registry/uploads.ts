import { type Answer, empty, refusal } from './answer.ts'
import type { Quirks } from './quirks.ts'
import { Session, type Store, type StoredRepository } from './store.ts'

type Rules = { quirks: Quirks; keepContent: boolean; locate(path: string): string }

/** Starts a session, or takes a blob over from another repository. */
export function startUpload(
  store: Store,
  name: string,
  repository: StoredRepository,
  query: URLSearchParams,
  rules: Rules,
): Answer {
  const digest = query.get('mount') ?? ''
  const blob = store.repositories.get(query.get('from') ?? '')?.blobs.get(digest)
  if (blob && rules.quirks.mounts) {
    repository.blobs.set(digest, blob)
    return empty(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest })
  }
  const session = new Session(name, rules.keepContent)
  store.sessions.set(session.id, session)
  return empty(202, { location: locate(session, rules), range: '0-0', 'docker-upload-uuid': session.id })
}

/** Tells why a session takes no such chunk, before the chunk is read. */
export function refuseChunk(
  session: Session,
  method: string,
  contentRange: string | undefined,
  { quirks }: Rules,
): Answer | undefined {
  const start = contentRange === undefined ? undefined : Number(contentRange.split('-')[0])
  const restarts = start === undefined ? quirks.noRestart && method === 'PATCH' : start !== session.sizeBytes
  if (session.sizeBytes > 0 && restarts) {
    return { ...empty(416), headers: { range: `0-${session.sizeBytes - 1}` } }
  }
  return undefined
}

/** Ends a chunk whose bytes the session has. */
export function finishChunk(session: Session, partBytes: number, rules: Rules): Answer {
  const { quirks } = rules
  const small = session.parts.some((part) => part < quirks.smallestPartBytes)
  if (partBytes > 0 && small) return tooSmall
  session.parts.push(partBytes)
  const end = quirks.stuckRange ? (session.parts[0] ?? 0) : session.sizeBytes
  const headers = { location: locate(session, rules), range: `0-${Math.max(end - 1, 0)}` }
  return empty(quirks.sendStatus, headers)
}

const tooSmall = refusal(
  400,
  'BLOB_UPLOAD_INVALID',
  'LayerPartTooSmallException: all layer parts except the last part should be at least 5 MB',
)

/** Ends a session: what it has becomes a blob where that has the digest. */
export function commitUpload(
  store: Store,
  session: Session,
  repository: StoredRepository,
  { digest, lastBytes }: { digest: string; lastBytes: number },
  { quirks }: Rules,
): Answer {
  if (lastBytes > 0 && session.parts.some((part) => part < quirks.smallestPartBytes)) return tooSmall
  const { digests, blob } = session.finish()
  if (!digests.includes(digest))
    return refusal(400, 'DIGEST_INVALID', `expected ${digest}, got ${digests[0]}`)
  store.sessions.delete(session.id)
  repository.blobs.set(digest, blob)
  const headers = { location: `/v2/${session.repository}/blobs/${digest}`, 'docker-content-digest': digest }
  return empty(201, headers)
}

// The state in the query is a secret, as it is in real registries.
const locate = (session: Session, rules: Rules) =>
  rules.locate(`/v2/${session.repository}/blobs/uploads/${session.id}?_state=secret`)
