import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { afterAll, describe, expect, it } from 'vitest'
import { makeEcr } from '../../lib/aws/ecr.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { type Token, tokenCredentials } from '../../lib/registry/http/auth.ts'
import { ConnectionError } from '../../lib/registry/http/errors.ts'
import { makeTransport, type RequestOptions } from '../../lib/registry/http/transport.ts'
import { systemClock } from '../../lib/wait.ts'
import { ecr } from '../fakes/oci-registry/quirks.ts'
import { startOciRegistry } from '../fakes/oci-registry.ts'
import { localAws } from '../local-aws.ts'

// The fake registry of the tests, with the quirks of ECR, has to behave as the local AWS does. Codes of errors are
// compared only where the specification leaves no choice:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes

type Opened = { origin: string; fetchToken(): Promise<Token> }

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

const registries: Record<string, (repositories: readonly string[]) => Promise<Opened>> = {
  'the fake registry': async (repositories) => {
    const registry = await startOciRegistry({ repositories, access: { kind: 'ecr' }, quirks: ecr })
    closing.push(registry.close)
    return { origin: registry.origin, fetchToken: async () => registry.issueToken() }
  },
  'the local AWS': async (repositories) => {
    const { config } = localAws()
    const client = new ECRClient(config)
    for (const repositoryName of repositories)
      await client.send(new CreateRepositoryCommand({ repositoryName }))
    const { authorize } = makeEcr(config)
    return { origin: (await authorize()).origin, fetchToken: authorize }
  },
}

const blob = Buffer.from('a blob')
const digest = digestOf(blob)
const mediaType = 'application/vnd.oci.image.manifest.v1+json'
const every = Array.from({ length: 500 }, (_, at) => 100 + at)

describe.each(Object.entries(registries))('%s', (_name, open) => {
  const connect = async () => {
    const { origin, fetchToken } = await open(['team/app', 'base'])
    const credentials = tokenCredentials(fetchToken, { clock: systemClock, mask: () => undefined })
    const { signal } = new AbortController()
    const transport = makeTransport({ origin, credentials, clock: systemClock, signal })
    const ask = async (method: string, path: string | URL, options: Partial<RequestOptions> = {}) => {
      const answer = await transport.send(method, path, { accept: every, once: true, ...options })
      const errors: { code: string }[] = answer.status < 400 || method === 'HEAD' ? [] : parse(answer.body)
      return { ...answer, codes: errors.map(({ code }) => code) }
    }
    return { origin, ask }
  }
  const parse = (body: Buffer) => (body.length > 0 ? JSON.parse(body.toString()).errors : [])
  type Ask = Awaited<ReturnType<typeof connect>>['ask']

  const startSession = async (ask: Ask, name = 'team/app') => {
    const { status, headers } = await ask('POST', `/v2/${name}/blobs/uploads/`)
    expect(status).toBe(202)
    return headers.location ?? ''
  }
  const commit = async (ask: Ask, location: string, content: RequestOptions['body'], wanted = digest) => {
    const url = new URL(location, 'http://x')
    url.searchParams.set('digest', wanted)
    return await ask('PUT', `${url.pathname}${url.search}`, content ? { body: content } : {})
  }
  const put = async (ask: Ask, bytes = blob) => {
    const { status } = await commit(ask, await startSession(ask), bytes, digestOf(bytes))
    expect(status).toBe(201)
  }

  it('asks for a login', async () => {
    const { origin } = await connect()
    const answer = await fetch(`${origin}/v2/`)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic realm=/),
    ])
  })

  it('takes a blob as a stream, or with its commit', async () => {
    const { ask } = await connect()
    const location = await startSession(ask)
    const stream = (async function* () {
      yield blob.subarray(0, 3)
      yield blob.subarray(3)
    })()
    const sent = await ask('PATCH', location, { body: stream })
    expect([sent.status, sent.headers.range]).toEqual([201, `0-${blob.length - 1}`])
    expect((await commit(ask, sent.headers.location ?? '', undefined)).status).toBe(201)
    await put(ask, Buffer.from('another'))
    for (const bytes of [blob, Buffer.from('another')]) {
      const head = await ask('HEAD', `/v2/team/app/blobs/${digestOf(bytes)}`)
      expect([head.status, head.headers['content-length']]).toEqual([200, String(bytes.length)])
      const got = await ask('GET', `/v2/team/app/blobs/${digestOf(bytes)}`)
      expect([got.status, got.body]).toEqual([200, bytes])
    }
  })

  it('refuses a blob with another digest', async () => {
    const { ask } = await connect()
    const wrong = digestOf(Buffer.from('other'))
    expect((await commit(ask, await startSession(ask), blob, wrong)).status).toBe(400)
    expect((await ask('HEAD', `/v2/team/app/blobs/${wrong}`)).status).toBe(404)
  })

  it('forgets a session that is cancelled', async () => {
    const { ask } = await connect()
    const location = await startSession(ask)
    expect((await ask('DELETE', location)).status).toBe(204)
    expect((await commit(ask, location, blob)).status).toBe(404)
  })

  it('says what it does not know', async () => {
    const { ask } = await connect()
    const blobs = '/v2/team/app/blobs'
    const unknown = await ask('GET', `${blobs}/${digest}`)
    expect([unknown.status, unknown.codes]).toEqual([404, ['BLOB_UNKNOWN']])
    const session = await ask('PUT', `${blobs}/uploads/none?digest=${digest}`, { body: blob })
    expect([session.status, session.codes]).toEqual([404, ['BLOB_UPLOAD_UNKNOWN']])
    const manifest = await ask('GET', '/v2/team/app/manifests/v1', { headers: { accept: mediaType } })
    expect([manifest.status, manifest.codes]).toEqual([404, ['MANIFEST_UNKNOWN']])
  })

  it('drops the connection of an upload to a repository that is not there', async () => {
    const { ask } = await connect()
    await expect(ask('POST', '/v2/missing/blobs/uploads/')).rejects.toThrow(ConnectionError)
  })

  it('gives a manifest by tag and digest, with its type', async () => {
    const { ask } = await connect()
    await put(ask)
    const part = { mediaType: 'application/octet-stream', digest, size: blob.length }
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: part, layers: [part] }))
    const headers = { 'content-type': mediaType }
    const answer = await ask('PUT', '/v2/team/app/manifests/v1', { headers, body })
    expect([answer.status, answer.headers['docker-content-digest']]).toEqual([201, digestOf(body)])
    for (const reference of ['v1', digestOf(body)])
      for (const method of ['GET', 'HEAD']) {
        const got = await ask(method, `/v2/team/app/manifests/${reference}`, {
          headers: { accept: mediaType },
        })
        expect(got).toMatchObject({
          status: 200,
          headers: { 'content-type': mediaType, 'docker-content-digest': digestOf(body) },
          body: method === 'GET' ? body : Buffer.alloc(0),
        })
      }
  })

  it('refuses a manifest whose parts are not there', async () => {
    const { ask } = await connect()
    const part = { mediaType: 'application/octet-stream', digest, size: blob.length }
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: part, layers: [] }))
    const headers = { 'content-type': mediaType }
    expect([400, 404]).toContain((await ask('PUT', '/v2/team/app/manifests/v1', { headers, body })).status)
    expect((await ask('GET', '/v2/team/app/manifests/v1')).status).toBe(404)
  })

  it('answers a mount of what is not there with a session', async () => {
    const { ask } = await connect()
    const { status, headers } = await ask('POST', `/v2/team/app/blobs/uploads/?mount=${digest}&from=base`)
    expect(status).toBe(202)
    expect((await commit(ask, headers.location ?? '', blob)).status).toBe(201)
  })
})
