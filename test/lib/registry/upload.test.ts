import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UserError } from '../../../lib/errors.ts'
import { DigestCounter, digestOf } from '../../../lib/oci/digest.ts'
import { connectRepository } from '../../../lib/registry/connect.ts'
import { isTransient } from '../../../lib/registry/http/errors.ts'
import type { Transport, TransportSettings } from '../../../lib/registry/http/transport.ts'
import { openRepository } from '../../../lib/registry/repository.ts'
import { startUpload } from '../../../lib/registry/upload.ts'
import { fakeClock } from '../../fakes/clock.ts'
import type { Trouble } from '../../fakes/oci-registry/fault.ts'
import { ecr } from '../../fakes/oci-registry/quirks.ts'
import { type OciRegistry, type RegistryOptions, startOciRegistry } from '../../fakes/oci-registry.ts'
import { makeTestTransport } from '../../fixtures/transport.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const registry of registries.splice(0)) registry.close()
})

async function start(options: RegistryOptions = {}, settings: Partial<TransportSettings> = {}) {
  const registry = await startOciRegistry(options)
  registries.push(registry)
  return { registry, repository: openRepository(makeTestTransport(registry.origin, settings), 'team/app') }
}

const blob = Buffer.alloc(300_000, 'a layer ')
const digest = digestOf(blob)

async function* stream(bytes = blob, pieceBytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const held = ({ repositories }: OciRegistry, name = 'team/app') => [
  ...(repositories.get(name)?.blobs.keys() ?? []),
]

describe('an upload', () => {
  it('is one session with one request for the content, whose digest is asked for at the end', async () => {
    const { registry, repository } = await start()
    const meter = new DigestCounter()
    await repository.upload(meter.pass(stream()), () => meter.finish().digest)
    expect(held(registry)).toEqual([digest])
    expect(registry.requests.map(({ method, bodyBytes }) => [method, bodyBytes])).toEqual([
      ['POST', 0],
      ['PATCH', blob.length],
      ['PUT', 0],
    ])
  })

  it('asks for a connection only when the first piece of its content is there', async () => {
    const calls: string[] = []
    const url = new URL('http://registry.test/v2/team/app/blobs/uploads/1')
    const answer = { status: 202, headers: { location: url.href }, url, body: Buffer.alloc(0) }
    const transport: Transport = {
      ...{
        origin: url.origin,
        resolve: (_, location) => new URL(location, url),
        retryUpload: (work) => work(),
      },
      send: async (method) => {
        calls.push(method)
        return answer
      },
    }
    const first = Promise.withResolvers<void>()
    async function* late() {
      await first.promise
      yield blob
    }
    const sending = (await startUpload(transport, 'team/app')).send(late())
    await setImmediate()
    expect(calls).toEqual(['POST'])
    first.resolve()
    await sending
    expect(calls).toEqual(['POST', 'PATCH'])
  })

  it('keeps the state that the registry wrote into its Location', async () => {
    const { registry, repository } = await start()
    await repository.upload(stream(), () => digest)
    expect(registry.requests.at(-1)?.query).toBe(`_state=secret&digest=${encodeURIComponent(digest)}`)
  })

  it('takes the answers of ECR: 201 for a chunk, and a Range that is not read', async () => {
    const { registry, repository } = await start({ quirks: ecr, repositories: ['team/app'] })
    await repository.upload(stream(), () => digest)
    expect(held(registry)).toEqual([digest])
  })

  it.each([200, 204])('whose content is taken with %i is committed', async (sendStatus) => {
    const { registry, repository } = await start({ quirks: { sendStatus } })
    await repository.upload(stream(), () => digest)
    expect(registry.requests.map(({ status }) => status)).toEqual([202, sendStatus, 201])
    expect(held(registry)).toEqual([digest])
  })

  it.each<[string, Trouble]>([
    ['a reset at once', { kind: 'reset' }],
    ['a reset on its way', { kind: 'reset', afterBytes: 100_000 }],
    ['503 on its way', { kind: 'status', status: 503, early: 'close' }],
    ['429 at its end', { kind: 'status', status: 429 }],
    ['a lost answer', { kind: 'lose-answer' }],
    ['silence', { kind: 'silence' }],
  ])('that meets %s fails so that a new one can help, and cancels its session', async (_name, trouble) => {
    const { registry, repository } = await start({ quirks: ecr }, { limits: { idleMs: 200 } })
    const fault = registry.fail({ operation: 'send', trouble })
    const error = await repository.upload(stream(), () => digest).catch((reason: unknown) => reason)
    expect(isTransient(error)).toBe(true)
    expect(fault.fired).toBe(1)
    expect(registry.requests.at(-1)).toMatchObject({ operation: 'cancel', status: 204 })
    expect(registry.sessions.size).toBe(0)
    expect(registry.requests.filter(({ operation }) => operation === 'send')).toHaveLength(1)
    await repository.upload(stream(), () => digest)
    expect(held(registry)).toEqual([digest])
  })

  it('starts again where the start of its session fails', async () => {
    const { registry, repository } = await start()
    const fault = registry.fail({ operation: 'start', times: 2, trouble: { kind: 'status', status: 500 } })
    await repository.upload(stream(), () => digest)
    expect(fault.fired).toBe(2)
    expect(held(registry)).toEqual([digest])
  })

  it('commits again where the commit meets 503', async () => {
    const { registry, repository } = await start()
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'status', status: 503 } })
    await repository.upload(stream(), () => digest)
    expect(fault.fired).toBe(1)
    expect(held(registry)).toEqual([digest])
  })

  it('whose commit worked, but was not answered, is done', async () => {
    const { registry, repository } = await start()
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'lose-answer' } })
    await repository.upload(stream(), () => digest)
    expect(fault.fired).toBe(1)
    // The second commit meets no session: only the blob itself tells.
    expect(registry.requests.slice(-2)).toMatchObject([
      { operation: 'commit', status: 404 },
      { method: 'HEAD', operation: 'blob', status: 200 },
    ])
  })

  it('whose commit takes longer than other requests may is waited for, but not for ever', async () => {
    const { registry, repository } = await start({}, { limits: { idleMs: 200 }, retries: 0 })
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'silence' } })
    await expect(repository.upload(stream(), () => digest)).rejects.toThrow(
      /^PUT .*: nothing moved on the connection for 1 s$/,
    )
    expect(fault.fired).toBe(1)
  })

  it('whose content has another digest is refused, and cancelled', async () => {
    const { registry, repository } = await start()
    const other = digestOf(Buffer.from('other'))
    await expect(repository.upload(stream(), () => other)).rejects.toThrow(
      `400 DIGEST_INVALID: expected ${other}`,
    )
    expect([held(registry), registry.sessions.size]).toEqual([[], 0])
  })

  it('that its digest refuses is not committed, and cancelled', async () => {
    const { registry, repository } = await start()
    const refuse = () => {
      throw new UserError('the archive is damaged')
    }
    await expect(repository.upload(stream(), refuse)).rejects.toThrow(new UserError('the archive is damaged'))
    expect(registry.requests.map(({ operation }) => operation)).toEqual(['start', 'send', 'cancel'])
    expect(registry.sessions.size).toBe(0)
  })

  it('fails with its own error also where the registry cannot cancel', async () => {
    const { registry, repository } = await start()
    const first = registry.fail({ operation: 'send', trouble: { kind: 'status', status: 500 } })
    const second = registry.fail({ operation: 'cancel', trouble: { kind: 'status', status: 405 } })
    await expect(repository.upload(stream(), () => digest)).rejects.toThrow(/^PATCH .*: 500$/)
    expect([first.fired, second.fired]).toEqual([1, 1])
  })

  it('is cancelled when the signal aborts', async () => {
    const abort = new AbortController()
    const { registry, repository } = await start({}, { signal: abort.signal })
    const fault = registry.fail({ operation: 'send', trouble: { kind: 'silence' } })
    const upload = repository.upload(stream(), () => digest)
    while (fault.fired === 0) await setImmediate()
    abort.abort(new Error('cancelled by hand'))
    await expect(upload).rejects.toThrow('cancelled by hand')
    expect(registry.requests.at(-1)).toMatchObject({ operation: 'cancel', status: 204 })
  })

  it('runs beside others', async () => {
    const { registry, repository } = await start()
    const blobs = Array.from({ length: 12 }, (_, at) => Buffer.alloc(200_000, at))
    await Promise.all(blobs.map((bytes) => repository.upload(stream(bytes), () => digestOf(bytes))))
    expect(held(registry).sort()).toEqual(blobs.map(digestOf).sort())
  })

  it('to a repository that is not there is a dropped connection on ECR', async () => {
    const { registry, repository } = await start({ quirks: ecr, repositories: ['other'] }, { retries: 1 })
    await expect(repository.upload(stream(), () => digest)).rejects.toThrow(/^POST .*: socket hang up$/)
    expect(registry.requests).toHaveLength(2)
  })
})

describe('a Location that leaves the registry', () => {
  const locate = (path: string) => `http://127.0.0.2:1${path}`

  it('is refused where it would carry credentials, without its query', async () => {
    const credentials = { authorization: async () => 'Bearer secret' }
    const { registry, repository } = await start({ locate }, { credentials })
    const error = await repository.upload(stream(), () => digest).catch((reason: unknown) => reason)
    expect(String(error)).toMatch(
      new RegExp(
        `^Error: upload to http://127.0.0.2:1/v2/team/app/blobs/uploads/[\\w-]+: refused, the credentials are for ${registry.origin} only$`,
      ),
    )
    expect(registry.requests).toHaveLength(1)
  })

  it('is followed without a token where there is no login', async () => {
    const storage = await start()
    const { registry } = await start({
      access: { kind: 'bearer' },
      locate: (path) => `${storage.registry.origin}${path}`,
    })
    const connection = { mask: () => {}, clock: fakeClock(), signal: new AbortController().signal }
    const repository = connectRepository(`${registry.host}/team/app`, { ...connection, retries: 0 })
    await expect(repository.upload(stream(), () => digest)).rejects.toThrow('404 BLOB_UPLOAD_UNKNOWN')
    expect(registry.requests.at(-1)).toMatchObject({
      operation: 'start',
      authorization: expect.stringMatching(/^Bearer /),
    })
    expect(storage.registry.requests[0]).toMatchObject({ operation: 'send', authorization: undefined })
  })

  it('is followed without credentials, but not to http beyond this machine', async () => {
    const { registry: elsewhere } = await start()
    const { registry, repository } = await start({ locate: (path) => `${elsewhere.origin}${path}` })
    await expect(repository.upload(stream(), () => digest)).rejects.toThrow('404 BLOB_UPLOAD_UNKNOWN')
    expect([registry.requests[0]?.operation, elsewhere.requests[0]?.operation]).toEqual(['start', 'send'])
    const far = await start({ locate: (path) => `http://storage.test${path}` })
    await expect(far.repository.upload(stream(), () => digest)).rejects.toThrow(
      'registry: location: expected https, got http://storage.test',
    )
  })
})

describe('a blob that is at hand', () => {
  it('is sent with its commit', async () => {
    const { registry, repository } = await start()
    await repository.putBlob(blob)
    expect(registry.requests.map(({ method, bodyBytes }) => [method, bodyBytes])).toEqual([
      ['POST', 0],
      ['PUT', blob.length],
    ])
  })

  it.each<[string, Trouble]>([
    ['a reset on its way', { kind: 'reset', afterBytes: 1 }],
    ['500', { kind: 'status', status: 500 }],
    ['404 for its session', { kind: 'status', status: 404 }],
  ])('that meets %s is sent again on a new session', async (_name, trouble) => {
    const { registry, repository } = await start({ quirks: ecr })
    const fault = registry.fail({ operation: 'commit', trouble })
    await repository.putBlob(blob)
    expect(fault.fired).toBe(1)
    const operations = ['start', 'commit', 'blob', 'cancel', 'start', 'commit']
    expect(registry.requests.map(({ operation }) => operation)).toEqual(operations)
  })

  it('is given up after as many tries as the setting says', async () => {
    const { registry, repository } = await start({}, { retries: 2 })
    const fault = registry.fail({ operation: 'start', times: 9, trouble: { kind: 'status', status: 503 } })
    await expect(repository.putBlob(blob)).rejects.toThrow(/: 503$/)
    expect(fault.fired).toBe(3)
  })

  it('and was taken, though the answer was lost, is not sent again', async () => {
    const { registry, repository } = await start()
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'lose-answer' } })
    await repository.putBlob(blob)
    expect(fault.fired).toBe(1)
    expect(registry.requests.map(({ operation }) => operation)).toEqual(['start', 'commit', 'blob'])
  })
})

describe('a mount', () => {
  it('takes a blob over from another repository', async () => {
    const { registry, repository } = await start()
    await openRepository(makeTestTransport(registry.origin), 'base').putBlob(blob)
    expect(await repository.mount(digest, 'base')).toBe(true)
    expect(held(registry)).toEqual([digest])
    expect(registry.sessions.size).toBe(0)
  })

  it('that the registry turns into a session is false, and the session is cancelled', async () => {
    const { registry, repository } = await start({ quirks: ecr })
    await openRepository(makeTestTransport(registry.origin), 'base').putBlob(blob)
    expect(await repository.mount(digest, 'base')).toBe(false)
    expect(registry.requests.at(-1)).toMatchObject({ operation: 'cancel', status: 204 })
    expect([held(registry), registry.sessions.size]).toEqual([[], 0])
  })

  it('of a repository that may not be read is false', async () => {
    const { registry, repository } = await start()
    const fault = registry.fail({ operation: 'mount', trouble: { kind: 'status', status: 403 } })
    expect(await repository.mount(digest, 'private')).toBe(false)
    expect(fault.fired).toBe(1)
  })
})

describe('an upload that is refused while its stream makes the next piece', () => {
  it('leaves no timer behind that would keep the process', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { registry, repository } = await start()
    const fault = registry.fail({
      operation: 'send',
      trouble: { kind: 'status', status: 403, early: 'stay' },
    })
    let goOn = () => {}
    const refused = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const ended = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Uint8Array> {
      try {
        yield blob
        await refused
        yield blob
      } finally {
        ended.resolve()
      }
    }
    await expect(repository.upload(slow(), () => digest)).rejects.toThrow(/^PATCH .*: 403$/)
    expect(fault.fired).toBe(1)
    goOn()
    await ended.promise
    await setImmediate()
    expect(vi.getTimerCount()).toBe(0)
  })
})
