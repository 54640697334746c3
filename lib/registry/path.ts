import { isDigest } from '../oci/digest.ts'
import { isRepositoryName, isTag } from '../oci/reference.ts'
import { quote } from '../quote.ts'

/** What of a repository a request is about; a reference is a tag or a digest. */
export type RepositoryPart =
  | { kind: 'blob'; digest: string }
  | { kind: 'manifest'; reference: string }
  | { kind: 'uploads' }
  | { kind: 'tags' }

/**
 * Joins the path of a request: the only place where names become a part of a URL. By their grammar none of them
 * holds a character with a meaning in a path, and no part is `..`; throws when one is no valid name.
 */
export function repositoryPath(name: string, part: RepositoryPart): string {
  if (!isRepositoryName(name))
    throw new Error(`registry: expected the name of a repository, got ${quote(name)}`)
  const base = `/v2/${name}`
  if (part.kind === 'tags') return `${base}/tags/list`
  if (part.kind === 'uploads') return `${base}/blobs/uploads/`
  if (part.kind === 'blob') {
    if (isDigest(part.digest)) return `${base}/blobs/${part.digest}`
    throw new Error(`registry: expected the digest of a blob, got ${quote(part.digest)}`)
  }
  const { reference } = part
  if (isTag(reference) || isDigest(reference)) return `${base}/manifests/${reference}`
  throw new Error(`registry: expected a tag or a digest, got ${quote(reference)}`)
}
