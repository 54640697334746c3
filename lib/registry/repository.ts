import { digestLike, digestOf, isDigest } from '../oci/digest.ts'
import { parseJson } from '../oci/json.ts'
import { acceptedManifests } from '../oci/media-type.ts'
import { isTag } from '../oci/reference.ts'
import { RegistryError, withoutQuery } from './http/errors.ts'
import type { HttpResponse } from './http/send-request.ts'
import { successes, type Transport } from './http/transport.ts'
import { repositoryPath } from './path.ts'
import { mountBlob, startUpload, type UploadSession, withUploadSession } from './upload.ts'

/** A manifest as the registry returns it. */
type PulledManifest = { mediaType: string; digest: string; bytes: Buffer }

/** One repository of a registry, by the OCI distribution protocol. Calls may run at the same time. */
export type RegistryRepository = {
  /** Returns whether there is such a blob; where the registry tells another size than one that is given, it is not that. */
  hasBlob(digest: string, size?: number): Promise<boolean>
  /** Returns a small blob, such as a config; the caller must verify its digest. */
  getBlob(digest: string): Promise<Buffer>
  /** Returns a manifest by tag or digest, or `undefined` if there is none; bytes of another digest are an error. */
  pullManifest(reference: string): Promise<PulledManifest | undefined>
  /** Returns which manifest a tag or digest names, without reading it. */
  describeManifest(reference: string): Promise<Omit<PulledManifest, 'bytes'> | undefined>
  /** Lists tags by name, as far as the registry returns them in one answer; skips what is no tag. */
  listTags(): Promise<string[]>
  /**
   * Pushes a manifest; succeeds also when an immutable tag already names this very manifest. Returns whether the
   * registry lists it among those that refer to its subject, which it says where it has such lists.
   */
  putManifest(reference: string, mediaType: string, bytes: Buffer): Promise<boolean>
  /** Uploads a blob in one request, under its digest by SHA-256 where no other is given. */
  putBlob(bytes: Buffer, digest?: string): Promise<void>
  /**
   * Sends a stream into a new upload session; `digest` is called when the stream has ended, and what it
   * throws ends the upload. A stream is sent once: see `isTransientUpload` for whether a new one can help.
   */
  upload(body: AsyncIterable<Uint8Array>, digest: () => string): Promise<void>
  /** Mounts a blob of another repository of the registry; returns false if it must be uploaded instead. */
  mount(digest: string, from: string): Promise<boolean>
}

/** Opens a repository; nothing is sent before the first call. */
export function openRepository(transport: Transport, name: string): RegistryRepository {
  return { ...openBlobs(transport, name), ...openManifests(transport, name) }
}

type Blobs = Pick<RegistryRepository, 'hasBlob' | 'getBlob' | 'putBlob' | 'upload' | 'mount'>

function openBlobs(transport: Transport, name: string): Blobs {
  const pathOf = (digest: string) => repositoryPath(name, { kind: 'blob', digest })
  const hasBlob = async (digest: string, size?: number) => {
    const { status, headers } = await transport.send('HEAD', pathOf(digest), { accept: [200, 404] })
    // Some registries leave it out, or write 0.
    const told = Number(headers['content-length'] ?? 0)
    return status === 200 && (size === undefined || told === 0 || told === size)
  }
  // A commit whose answer was lost may have worked.
  const commit = async (session: UploadSession, digest: string, bytes?: Buffer) => {
    await session.commit(digest, bytes).catch(async (error: unknown) => {
      if (!(await hasBlob(digest).catch(() => false))) throw error
    })
  }
  return {
    hasBlob,
    getBlob: async (digest) => (await transport.send('GET', pathOf(digest), { accept: [200] })).body,
    putBlob: async (bytes, digest = digestOf(bytes)) => {
      await transport.retryUpload(async () => {
        const session = await startUpload(transport, name, { once: true })
        await withUploadSession(session, (started) => commit(started, digest, bytes))
      })
    },
    upload: async (body, digest) => {
      await withUploadSession(await startUpload(transport, name), async (session) => {
        await session.send(body)
        await commit(session, digest())
      })
    },
    mount: (digest, from) => mountBlob(transport, name, { digest, from }),
  }
}

type Manifests = Omit<RegistryRepository, keyof Blobs>

function openManifests(transport: Transport, name: string): Manifests {
  const pathOf = (reference: string) => repositoryPath(name, { kind: 'manifest', reference })
  const ask = async (method: 'GET' | 'HEAD', reference: string) => {
    const accept = method === 'HEAD' ? [200, 404, ...unknownMethod] : [200, 404]
    const options = { headers: { accept: acceptedManifests }, accept }
    const response = await transport.send(method, pathOf(reference), options)
    return response.status === 404 ? undefined : response
  }
  const pullManifest = async (reference: string) => {
    const response = await ask('GET', reference)
    return response && readManifest(response, reference)
  }
  const describeManifest = async (reference: string) => {
    const response = await ask('HEAD', reference)
    const digest = response?.headers['docker-content-digest']
    // A registry may omit the digest, or know no HEAD; then it follows only from the bytes.
    if (response?.status !== 200 || !isDigest(digest)) return response && (await pullManifest(reference))
    return { mediaType: response.headers['content-type'] ?? '', digest }
  }
  return {
    pullManifest,
    describeManifest,
    listTags: async () => {
      const response = await transport.send('GET', repositoryPath(name, { kind: 'tags' }), {
        accept: [200, 404],
      })
      return response.status === 200 ? parseTags(response.body) : []
    },
    putManifest: async (reference, mediaType, body) => {
      // 201 by the specification; Quay answered 202: https://github.com/containers/image/issues/381
      const options = { headers: { 'content-type': mediaType }, body, accept: successes }
      const response = await transport
        .send('PUT', pathOf(reference), options)
        .catch(async (error: unknown) => {
          if (!mayBeImmutable(error)) throw error
          const named = await describeManifest(reference).catch(() => undefined)
          if (named?.digest !== digestOf(body)) throw error
        })
      return response?.headers['oci-subject'] !== undefined
    },
  }
}

// Method not allowed, and not implemented.
const unknownMethod = [405, 501]

// 400 with TAG_INVALID or 409: https://github.com/aws/containers-roadmap/issues/2380
const mayBeImmutable = (error: unknown) =>
  error instanceof RegistryError && [400, 405, 409, 412].includes(error.status)

function parseTags(body: Buffer): string[] {
  const tags: unknown = Object(parseJson(body)).tags
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string' && isTag(tag)) : []
}

function readManifest({ body: bytes, url, headers }: HttpResponse, reference: string): PulledManifest {
  const digest = isDigest(reference) ? digestLike(reference, bytes) : digestOf(bytes)
  if (isDigest(reference) && digest !== reference) {
    throw new Error(`GET ${withoutQuery(url)}: expected bytes with the digest ${reference}, got ${digest}`)
  }
  return { mediaType: headers['content-type'] ?? '', digest, bytes }
}
