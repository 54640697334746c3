import { digestOf } from './digest.ts'
import { acceptedManifests } from './manifest.ts'
import type { Transport } from './transport.ts'

/** One repository of a registry, by the OCI distribution protocol. */
export type RegistryRepository = {
  hasBlob(digest: string): Promise<boolean>
  getBlob(digest: string): Promise<Buffer>
  /** Gives a manifest's bytes by tag or digest; `undefined` where there is none. */
  getManifest(reference: string): Promise<Buffer | undefined>
  putManifest(reference: string, mediaType: string, bytes: Buffer): Promise<void>
  /** Uploads a blob whose digest is known, in one request. */
  putBlob(bytes: Buffer): Promise<void>
  /** Sends a stream into a new upload session; the digest is asked for when the stream has ended. */
  upload(body: AsyncIterable<Uint8Array>, digest: () => string): Promise<void>
}

const octets = { 'content-type': 'application/octet-stream' }

/** Opens a repository; nothing is sent before the first call. */
export function openRepository(transport: Transport, name: string): RegistryRepository {
  const base = `/v2/${name}`
  const start = async () => {
    const response = await transport.send('POST', `${base}/blobs/uploads/`, { accept: [202] })
    return locate(response, transport)
  }
  const commit = async (session: URL, digest: string, body?: Buffer) => {
    session.searchParams.set('digest', digest)
    const content = body ? { body, headers: octets } : {}
    await transport.send('PUT', session, { ...content, accept: [201] })
  }
  const hasBlob = async (digest: string) => {
    const response = await transport.send('HEAD', `${base}/blobs/${digest}`, { accept: [200, 404] })
    return response.status === 200
  }
  return {
    hasBlob,
    getBlob: async (digest) => {
      const response = await transport.send('GET', `${base}/blobs/${digest}`, { accept: [200] })
      return Buffer.from(await response.arrayBuffer())
    },
    getManifest: async (reference) => {
      const headers = { accept: acceptedManifests }
      const response = await transport.send('GET', `${base}/manifests/${reference}`, {
        headers,
        accept: [200, 404],
      })
      return response.status === 200 ? Buffer.from(await response.arrayBuffer()) : undefined
    },
    putManifest: async (reference, mediaType, body) => {
      const headers = { 'content-type': mediaType }
      await transport.send('PUT', `${base}/manifests/${reference}`, { headers, body, accept: [200, 201] })
    },
    putBlob: async (bytes) => commit(await start(), digestOf(bytes), bytes),
    upload: async (body, digest) => {
      const session = await start()
      // ECR answers 201 where the specification says 202.
      const response = await transport.send('PATCH', session, { body, headers: octets, accept: [201, 202] })
      const next = locate(response, transport)
      // A commit that timed out may have worked.
      await commit(next, digest()).catch(async (error: unknown) => {
        if (!(await hasBlob(digest()))) throw error
      })
    },
  }
}

function locate(response: Response, { origin }: Transport): URL {
  const location = response.headers.get('location')
  if (!location) throw new Error(`${response.url.split('?')[0]}: expected a Location, got none`)
  return new URL(location, origin)
}
