import { parseLocation } from './http/location.ts'
import type { HttpResponse } from './http/send-request.ts'
import { successes, type Transport } from './http/transport.ts'
import { repositoryPath } from './path.ts'

/**
 * One upload session: start, send, commit, or cancel. It is used once: after a failure its offset is not known
 * (ECR answers 416 to a restart at 0), and a new session is started.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export type UploadSession = {
  /** Sends all of a stream in one request. */
  send(body: AsyncIterable<Uint8Array>): Promise<void>
  /** Ends the session; `bytes` are what was not sent before. */
  commit(digest: string, bytes?: Uint8Array): Promise<void>
  /** Asks the registry to drop the session. Never fails, and ends within two seconds. */
  cancel(): Promise<void>
}

const octets = { 'content-type': 'application/octet-stream' }
const longestCancelMs = 2000
// Of a layer that is read to its end when the run is cancelled: without it, all of that would be sent again.
const graceMs = 1000
// A registry on S3 copies the blob before it answers, and some GB take minutes.
const commitTimeoutFactor = 5

/** Starts a session in a repository; `once` is for work that is done again as a whole. */
export async function startUpload(
  transport: Transport,
  repository: string,
  { once }: { once: boolean } = { once: false },
): Promise<UploadSession> {
  const response = await transport.send('POST', uploadsPath(repository), { accept: [202], once })
  return openSession(transport, locate(response, transport))
}

/**
 * Mounts a blob of another repository. Returns false if the registry starts a session instead (ECR without the
 * account's setting, or a blob that no manifest names), which is cancelled, or if it refuses.
 */
export async function mountBlob(
  transport: Transport,
  repository: string,
  { digest, from }: { digest: string; from: string },
): Promise<boolean> {
  const query = new URLSearchParams({ mount: digest, from })
  const path = `${uploadsPath(repository)}?${query}`
  const response = await transport.send('POST', path, { accept: [201, 202, 400, 403, 404, 405] })
  if (response.status === 202) await openSession(transport, locate(response, transport)).cancel()
  return response.status === 201
}

const uploadsPath = (repository: string) => repositoryPath(repository, { kind: 'uploads' })

function openSession(transport: Transport, start: URL): UploadSession {
  let location = start
  return {
    send: async (body) => {
      // ECR answers 201 where the specification requires 202, and Docker's old API documents 204. ECR's Range may stay
      // at the first part, so it is ignored: https://github.com/aws/containers-roadmap/issues/2831
      const options = { body: await untilStarted(body), headers: octets, accept: successes, graceMs }
      location = locate(await transport.send('PATCH', location, options), transport)
    },
    commit: async (digest, bytes) => {
      const url = new URL(location)
      url.searchParams.set('digest', digest)
      // Bytes that came through in part cannot be sent again; an empty commit can.
      const content = bytes ? { body: bytes, headers: octets, once: true } : {}
      await transport.send('PUT', url, {
        ...content,
        timeoutFactor: commitTimeoutFactor,
        graceMs,
        accept: [201],
      })
    },
    cancel: async () => {
      const options = { once: true, signal: AbortSignal.timeout(longestCancelMs), accept: [200, 202, 204] }
      await transport.send('DELETE', location, options).catch(() => undefined)
    },
  }
}

// A layer may wait long for its first piece, and registries end a request that brings nothing for a minute.
async function untilStarted(body: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const pieces = body[Symbol.asyncIterator]()
  const first = await pieces.next()
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* { [Symbol.asyncIterator]: () => pieces }
  })()
}

/** Does work in a session; where it fails, the session is cancelled. */
export async function withUploadSession(
  session: UploadSession,
  work: (session: UploadSession) => Promise<void>,
): Promise<void> {
  try {
    await work(session)
  } catch (error) {
    await session.cancel()
    throw error
  }
}

function locate({ headers, url }: HttpResponse, transport: Transport): URL {
  return transport.resolve('upload to', parseLocation(headers.location, url))
}
