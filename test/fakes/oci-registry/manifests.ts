import { digestOf } from '../../../lib/oci/digest.ts'
import { type Answer, empty, refusal } from './answer.ts'
import type { Quirks } from './quirks.ts'
import type { StoredRepository } from './store.ts'

const unknown = refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown')

/** Gives a manifest by tag or digest, where the client takes its type. */
export function getManifest(repository: StoredRepository, reference: string, accept: string): Answer {
  const digest = repository.tags.get(reference) ?? reference
  const found = repository.manifests.get(digest)
  if (!found) return unknown
  if (!accept.includes(found.mediaType))
    return refusal(404, 'MANIFEST_UNKNOWN', `${found.mediaType} not accepted`)
  const headers = { 'content-type': found.mediaType, 'docker-content-digest': digest }
  return { status: 200, headers, body: found.bytes }
}

/** Lists the tags by name. */
export function listTags({ tags }: StoredRepository, name: string): Answer {
  const body = Buffer.from(JSON.stringify({ name, tags: [...tags.keys()].sort() }))
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

/** Puts a manifest whose parts are all there. */
export function putManifest(
  repository: StoredRepository,
  reference: string,
  { mediaType, bytes }: { mediaType: string; bytes: Buffer },
  quirks: Quirks,
): Answer {
  const missing = listParts(bytes).find(
    (digest) => !repository.blobs.has(digest) && !repository.manifests.has(digest),
  )
  if (missing) return refusal(400, 'MANIFEST_BLOB_UNKNOWN', `blob unknown to registry: ${missing}`)
  const digest = digestOf(bytes)
  const isTag = !reference.includes(':')
  if (!isTag && reference !== digest) return refusal(400, 'DIGEST_INVALID', `got ${digest}`)
  if (isTag && quirks.immutableTags && repository.tags.has(reference)) {
    const message = `The image tag '${reference}' already exists and cannot be overwritten because the repository is immutable.`
    return refusal(400, 'TAG_INVALID', message)
  }
  repository.manifests.set(digest, { mediaType, bytes })
  if (isTag) repository.tags.set(reference, digest)
  const { subject } = JSON.parse(bytes.toString())
  const listed = quirks.listsReferrers && subject ? { 'oci-subject': subject.digest } : {}
  return empty(quirks.putStatus, { 'docker-content-digest': digest, ...listed })
}

function listParts(bytes: Buffer): string[] {
  const { config, layers, manifests } = JSON.parse(bytes.toString())
  // Whoever pulls a layer with addresses of its own gets it there.
  // Tools written in Go write null for an empty list.
  return [config, ...(layers ?? []), ...(manifests ?? [])]
    .filter((part) => part && !part.urls)
    .map(({ digest }) => digest)
}
