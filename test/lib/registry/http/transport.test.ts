import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../../lib/errors.ts'
import { makeHttpAgents } from '../../../../lib/http-agents.ts'
import { digestOf } from '../../../../lib/oci/digest.ts'
import type { RejectedAuthorization } from '../../../../lib/registry/http/auth.ts'
import { isTransient } from '../../../../lib/registry/http/errors.ts'
import { sendRequest } from '../../../../lib/registry/http/send-request.ts'
import { completeLimits } from '../../../../lib/registry/http/time-limits.ts'
import { makeTransport } from '../../../../lib/registry/http/transport.ts'
import { openRepository } from '../../../../lib/registry/repository.ts'
import { fakeClock } from '../../../fakes/clock.ts'
import { type OciRegistry, type RegistryOptions, startOciRegistry } from '../../../fakes/oci-registry.ts'
import { makeTestTransport } from '../../../fixtures/transport.ts'

const closing: { close(): void }[] = []
afterEach(() => {
  for (const server of closing.splice(0)) server.close()
})

async function start(options?: RegistryOptions): Promise<OciRegistry> {
  const registry = await startOciRegistry(options)
  closing.push(registry)
  return registry
}

async function* pieces(count: number, sizeBytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at++) yield Buffer.alloc(sizeBytes, at)
}

const ping = { accept: [200] }

/** Starts a server that knows no HTTP; gives its origin. */
async function listen(server: Server): Promise<string> {
  closing.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

describe('a transport', () => {
  it('requires TLS beyond this machine, unless http was allowed', () => {
    const settings = { clock: fakeClock(), signal: new AbortController().signal }
    const make = (origin: string, insecure?: true) =>
      makeTransport({ ...settings, origin, ...(insecure ? { insecure } : {}) })
    expect(() => make('http://registry.test')).toThrow(
      new UserError('registry: expected https, got http://registry.test; insecure: true allows http'),
    )
    expect(() => make('http://127.evil.test')).toThrow('expected https')
    for (const origin of ['http://127.0.0.1:5000', 'http://localhost:5000', 'http://[::1]:5000'])
      expect(make(origin).origin).toBe(origin)
    expect(make('http://registry.test', true).origin).toBe('http://registry.test')
  })

  it('names method, URL without its query, status and the errors that the registry lists', async () => {
    const registry = await start()
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'not you' }] })
    const fault = registry.fail({ trouble: { kind: 'status', status: 403, body } })
    await expect(makeTestTransport(registry.origin).send('GET', '/v2/?secret=1', ping)).rejects.toThrow(
      expect.objectContaining({ message: `GET ${registry.origin}/v2/: 403 DENIED: not you`, status: 403 }),
    )
    expect(fault.fired).toBe(1)
  })

  it('names the code of an error in XML, and nothing else of it', async () => {
    const registry = await start()
    const body =
      '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message><Signed>secret</Signed></Error>'
    const fault = registry.fail({ trouble: { kind: 'status', status: 403, body } })
    await expect(makeTestTransport(registry.origin).send('GET', '/v2/', ping)).rejects.toThrow(
      /403 SignatureDoesNotMatch: no$/,
    )
    expect(fault.fired).toBe(1)
  })
})

describe('after a failure that can pass', () => {
  it.each([
    ['429', { kind: 'status', status: 429 }],
    ['500', { kind: 'status', status: 500 }],
    ['503', { kind: 'status', status: 503 }],
    ['a reset', { kind: 'reset' }],
    ['a lost answer', { kind: 'lose-answer' }],
  ] as const)('%s: a request is sent again, after pauses that double', async (_name, trouble) => {
    const registry = await start()
    const fault = registry.fail({ times: 3, trouble })
    const transport = makeTestTransport(registry.origin)
    expect((await transport.send('GET', '/v2/', ping)).status).toBe(200)
    expect(fault.fired).toBe(3)
    expect(transport.slept).toEqual([200, 400, 800])
  })

  it('an answer that is cut short is asked for again', async () => {
    const registry = await start()
    const repository = openRepository(makeTestTransport(registry.origin), 'app')
    await repository.putBlob(Buffer.from('a blob'))
    const fault = registry.fail({ operation: 'blob', trouble: { kind: 'truncate', next: 'reset' } })
    expect((await repository.getBlob(digestOf(Buffer.from('a blob')))).toString()).toBe('a blob')
    expect(fault.fired).toBe(1)
  })

  it('an error that is cut short tells its status all the same', async () => {
    const registry = await start()
    const fault = registry.fail({ trouble: { kind: 'truncate', next: 'reset' } })
    const path = `/v2/app/blobs/${digestOf(Buffer.from('none'))}`
    await expect(makeTestTransport(registry.origin).send('GET', path, ping)).rejects.toThrow(/: 404$/)
    expect(fault.fired).toBe(1)
  })

  it('an answer that comes byte by byte is waited for', async () => {
    const registry = await start()
    const repository = openRepository(makeTestTransport(registry.origin), 'app')
    await repository.putBlob(Buffer.from('a blob'))
    const fault = registry.fail({ operation: 'blob', trouble: { kind: 'slow' } })
    expect((await repository.getBlob(digestOf(Buffer.from('a blob')))).toString()).toBe('a blob')
    expect(fault.fired).toBe(1)
  })

  it('no more tries are made than the setting says', async () => {
    const registry = await start()
    const fault = registry.fail({ times: 9, trouble: { kind: 'status', status: 500 } })
    await expect(
      makeTestTransport(registry.origin, { retries: 2 }).send('GET', '/v2/', ping),
    ).rejects.toThrow('500')
    expect(fault.fired).toBe(3)
  })

  it('the registry is left alone as long as it asks, up to a minute', async () => {
    const registry = await start()
    const later = new Date(fakeClock().now() + 45_000 + 200).toUTCString()
    for (const value of ['7', '86400', later, 'soon']) {
      const headers = { 'retry-after': value }
      registry.fail({ trouble: { kind: 'status', status: 429, headers } })
    }
    const transport = makeTestTransport(registry.origin)
    await transport.send('GET', '/v2/', ping)
    expect(transport.slept).toEqual([7000, 60_000, 800, 1600])
  })

  it('a pause is drawn from its whole range', async () => {
    const registry = await start()
    registry.fail({ times: 2, trouble: { kind: 'status', status: 503 } })
    const draws = [0, 0.999]
    const transport = makeTestTransport(registry.origin, { random: () => draws.shift() ?? 0 })
    await transport.send('GET', '/v2/', ping)
    expect(transport.slept.map(Math.round)).toEqual([0, 799])
  })

  it.each([400, 401, 403, 404, 416])('%d is not one of those', async (status) => {
    const registry = await start()
    const fault = registry.fail({ times: 9, trouble: { kind: 'status', status } })
    await expect(makeTestTransport(registry.origin).send('GET', '/v2/', ping)).rejects.toThrow(`${status}`)
    expect(fault.fired).toBe(1)
  })

  it('a stream is not sent again, and the error says that a new one can help', async () => {
    const registry = await start()
    const fault = registry.fail({ trouble: { kind: 'reset', afterBytes: 100_000 } })
    const send = makeTestTransport(registry.origin).send('PATCH', '/v2/', { ...ping, body: pieces(9) })
    const error = await send.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ConnectionError' })
    expect(isTransient(error)).toBe(true)
    expect(fault.fired).toBe(1)
    expect(registry.requests).toHaveLength(1)
  })
})

describe('a connection', () => {
  it.each([
    ['that never answers', { kind: 'silence' }],
    ['whose answer stops', { kind: 'truncate', next: 'silence' }],
  ] as const)('%s is a failure', async (_name, trouble) => {
    const registry = await start()
    const bytes = Buffer.from('a blob')
    await openRepository(makeTestTransport(registry.origin), 'app').putBlob(bytes)
    const fault = registry.fail({ operation: 'blob', trouble })
    const transport = makeTestTransport(registry.origin, { limits: { idleMs: 100 }, retries: 0 })
    const read = openRepository(transport, 'app').getBlob(digestOf(bytes))
    const error = await read.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ConnectionError' })
    expect(String(error)).toContain('nothing moved on the connection for 0.1 s')
    expect(isTransient(error)).toBe(true)
    expect(fault.fired).toBe(1)
  })

  it('that sends an error without an end is left after its first words', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.write('HTTP/1.1 403 No\r\ncontent-type: text/plain\r\n\r\nno'))
      const more = () => socket.write(Buffer.alloc(16 * 1024, '.')) && setTimeout(more).unref()
      socket.once('data', more).on('drain', more)
    })
    const transport = makeTestTransport(await listen(server), { limits: { idleMs: 60_000 }, retries: 0 })
    await expect(transport.send('GET', '/v2/', ping)).rejects.toThrow(/: 403 no\.+$/)
  })

  it.each([
    [1000, 'whole'],
    [1001, 'the answer is larger than 1000 bytes'],
  ])('that sends %i bytes where 1,000 are expected is %s', async (bytes, end) => {
    const registry = await start()
    registry.fail({ trouble: { kind: 'status', status: 200, body: 'x'.repeat(bytes) } })
    const options = { ...ping, largestAnswerBytes: 1000 }
    const sent = makeTestTransport(registry.origin, { retries: 0 }).send('GET', '/v2/', options)
    expect(await sent.then(({ body }) => body.length === bytes && 'whole', String)).toContain(end)
  })

  it('whose answer comes in drops has to be whole within the total time', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n')
      const drip = setInterval(() => socket.write(' '), 10)
      socket.on('close', () => clearInterval(drip))
    })
    const limits = { idleMs: 60_000, totalMs: 150 }
    const transport = makeTestTransport(await listen(server), { limits, retries: 0 })
    await expect(transport.send('GET', '/v2/', ping)).rejects.toThrow('no whole answer within 0.15 s')
  })

  it('that does not come to stand is a failure', async () => {
    // It takes the connection, and never says a word of TLS.
    const origin = (await listen(createServer())).replace('http:', 'https:')
    const transport = makeTestTransport(origin, { limits: { connectMs: 100 }, retries: 0 })
    await expect(transport.send('GET', '/v2/', ping)).rejects.toThrow('no connection within 0.1 s')
  })

  it('is given up with the signal while the stream makes its next piece', async () => {
    const registry = await start()
    const abort = new AbortController()
    async function* stuck() {
      yield Buffer.from('first')
      abort.abort(new Error('cancelled by hand'))
      await new Promise(() => {})
    }
    const transport = makeTestTransport(registry.origin, { signal: abort.signal, retries: 0 })
    const sent = transport.send('PATCH', '/v2/', { ...ping, body: stuck() })
    await expect(sent).rejects.toThrow('cancelled by hand')
  })

  it('is given up with the signal also where the answer came before the whole stream', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
    const abort = new AbortController()
    async function* stuck() {
      yield Buffer.from('first')
      for (let turn = 0; turn < 20; turn++) await setImmediate()
      abort.abort(new Error('cancelled by hand'))
      await new Promise(() => {})
    }
    const transport = makeTestTransport(await listen(server), { signal: abort.signal, retries: 0 })
    const sent = transport.send('PATCH', '/v2/', { ...ping, body: stuck() })
    await expect(sent).rejects.toThrow('cancelled by hand')
  })

  it('is not silent while the stream makes its first piece, or the next', async () => {
    const registry = await start()
    async function* late() {
      for (const text of ['first', 'second']) {
        await new Promise((resolve) => setTimeout(resolve, 250))
        yield Buffer.from(text)
      }
    }
    const transport = makeTestTransport(registry.origin, { limits: { idleMs: 200 }, retries: 0 })
    expect((await transport.send('PATCH', '/v2/', { ...ping, body: late() })).status).toBe(200)
    expect(registry.requests[0]?.bodyBytes).toBe('firstsecond'.length)
  })

  it('is given up at once when the signal aborts, with the reason of the signal', async () => {
    const registry = await start()
    const fault = registry.fail({ trouble: { kind: 'silence' } })
    const abort = new AbortController()
    const send = makeTestTransport(registry.origin, { signal: abort.signal }).send('GET', '/v2/', ping)
    while (fault.fired === 0) await setImmediate()
    abort.abort(new Error('cancelled by hand'))
    await expect(send).rejects.toThrow('cancelled by hand')
    await expect(makeTestTransport(registry.origin, { signal: abort.signal }).send('GET', '/v2/', ping))
      .rejects //
      .toThrow('cancelled by hand')
    expect(registry.requests).toHaveLength(1)
  })

  it('rejects with the reason of the signal also below the transport', async () => {
    const registry = await start()
    const fault = registry.fail({ trouble: { kind: 'silence' } })
    const abort = new AbortController()
    const wire = { agents: makeHttpAgents({}), limits: completeLimits(), signal: abort.signal }
    const request = { method: 'GET', url: new URL(registry.origin), headers: {} }
    const sent = sendRequest(request, wire)
    while (fault.fired === 0) await setImmediate()
    abort.abort(new Error('cancelled by hand'))
    await expect(sent).rejects.toThrow(new Error('cancelled by hand'))
  })

  it('that nobody takes is told as it is', async () => {
    const registry = await start()
    registry.close()
    const transport = makeTestTransport(registry.origin, { retries: 0 })
    await expect(transport.send('GET', '/v2/', ping)).rejects.toThrow(/^GET .*\/v2\/: connect ECONNREFUSED/)
  })

  it('to a name that there is not fails at once', async () => {
    const transport = makeTestTransport('https://registry.invalid')
    const error = await transport.send('GET', '/v2/', ping).catch((reason: unknown) => reason)
    expect(String(error)).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(isTransient(error)).toBe(String(error).includes('EAI_AGAIN'))
  })
})

describe('a registry that closes each connection after its answer without a word', () => {
  /** Closes connections when a second request comes on them, which is when a client learns of it at the worst. */
  async function startClosing() {
    const registry = await start()
    const used = new WeakSet<object>()
    const origin = await listen(
      createServer((client) => {
        const upstream = connect(Number(new URL(registry.origin).port), '127.0.0.1')
        for (const socket of [client, upstream]) socket.on('error', () => {})
        client.on('close', () => upstream.destroy())
        upstream.on('data', (answer) => {
          used.add(client)
          client.write(answer)
        })
        client.on('data', (piece) => {
          if (used.has(client)) client.destroy()
          else upstream.write(piece)
        })
      }),
    )
    return { registry, origin }
  }
  const bytes = Buffer.from('a blob')

  it('is asked again at once on a new connection, also without retries', async () => {
    const { registry, origin } = await startClosing()
    const transport = makeTestTransport(origin, { retries: 0 })
    for (let at = 0; at < 3; at++) await transport.send('GET', '/v2/', ping)
    const options = { accept: [201], body: Buffer.from('{}') }
    await transport.send('PUT', '/v2/app/manifests/v1', options)
    expect(registry.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'PUT'])
    expect(transport.slept).toEqual([])
  })

  it('takes what cannot be sent twice on a new connection, once it was seen to close one', async () => {
    const { registry, origin } = await startClosing()
    const transport = makeTestTransport(origin, { retries: 0 })
    const repository = openRepository(transport, 'app')
    for (let at = 0; at < 2; at++) await repository.hasBlob(digestOf(bytes))
    await repository.putBlob(bytes)
    const big = Buffer.concat(await Array.fromAsync(pieces(3)))
    await repository.upload(pieces(3), () => digestOf(big))
    expect([...registry.repositories.get('app')!.blobs.keys()]).toEqual([bytes, big].map(digestOf))
  })

  it('has a blob that meets it first after one more try', async () => {
    const { registry, origin } = await startClosing()
    const transport = makeTestTransport(origin, { retries: 1 })
    await openRepository(transport, 'app').putBlob(bytes)
    expect([...registry.repositories.get('app')!.blobs.keys()]).toEqual([digestOf(bytes)])
    expect(transport.slept).toHaveLength(1)
  })
})

describe('a streamed body', () => {
  it('goes no faster than the registry takes it', async () => {
    const registry = await start()
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    const fault = registry.fail({ trouble: { kind: 'hold', until } })
    let given = 0
    async function* counted() {
      for await (const piece of pieces(600)) {
        given++
        yield piece
      }
    }
    const send = makeTestTransport(registry.origin).send('PATCH', '/v2/', { ...ping, body: counted() })
    let before = -1
    for (let still = 0; still < 50; before = given) {
      await setImmediate()
      still = given > 0 && given === before && fault.fired === 1 ? still + 1 : 0
    }
    expect(given).toBeLessThan(300)
    release()
    await send
    expect(given).toBe(600)
    expect(registry.requests[0]?.bodyBytes).toBe(600 * 64 * 1024)
  })

  it.each(['close', 'stay'] as const)(
    'that is refused on its way ends with that answer: %s',
    async (early) => {
      const registry = await start()
      const body = JSON.stringify({ errors: [{ code: 'SIZE_INVALID', message: 'too large' }] })
      const fault = registry.fail({ times: 5, trouble: { kind: 'status', status: 413, early, body } })
      for (let at = 0; at < 5; at++) {
        let closed = false
        async function* endless() {
          try {
            for (;;) yield Buffer.alloc(1024 * 1024)
          } finally {
            closed = true
          }
        }
        const send = makeTestTransport(registry.origin).send('PATCH', '/v2/', { ...ping, body: endless() })
        await expect(send).rejects.toThrow('413 SIZE_INVALID: too large')
        while (!closed) await setImmediate()
      }
      expect(fault.fired).toBe(5)
    },
  )

  it('that breaks ends the request with its own error', async () => {
    const registry = await start()
    async function* broken() {
      yield Buffer.from('x')
      throw new UserError('the archive is damaged')
    }
    const send = makeTestTransport(registry.origin).send('PATCH', '/v2/', { ...ping, body: broken() })
    await expect(send).rejects.toThrow(new UserError('the archive is damaged'))
  })

  // Answers as soon as something comes, and resets the connection when the answer had time to arrive.
  async function startHasty(answer: string): Promise<string> {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', async () => {
        socket.write(answer)
        for (let turn = 0; turn < 3; turn++) await setImmediate()
        socket.resetAndDestroy()
      })
    })
    closing.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  it('is not taken as sent where the registry says so before its end and leaves', async () => {
    const origin = await startHasty('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    const send = makeTestTransport(origin).send('PATCH', '/v2/', { ...ping, body: pieces(5000) })
    await expect(send).rejects.toThrow('the connection closed before the whole body was sent')
  })

  it('that is refused by half an answer ends with its status', async () => {
    const origin = await startHasty('HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\n\r\nhalf')
    const send = makeTestTransport(origin).send('PATCH', '/v2/', { ...ping, body: pieces(5000) })
    await expect(send).rejects.toThrow(/: 413$/)
  })
})

describe('a redirect', () => {
  it('to another origin is followed without the credentials', async () => {
    const storage = await start()
    const registry = await start({ redirectBlobs: (path) => `${storage.origin}${path}?signature=secret` })
    const bytes = Buffer.from('a blob')
    await openRepository(makeTestTransport(storage.origin), 'app').putBlob(bytes)
    const credentials = { authorization: async () => 'Bearer secret' }
    const repository = openRepository(makeTestTransport(registry.origin, { credentials }), 'app')
    await repository.putBlob(bytes)
    expect((await repository.getBlob(digestOf(bytes))).equals(bytes)).toBe(true)
    expect(registry.requests.at(-1)?.authorization).toBe('Bearer secret')
    expect(storage.requests.at(-1)).toMatchObject({ operation: 'blob', authorization: undefined })
  })

  it('to another origin that refuses renews no credentials', async () => {
    const storage = await start({ access: { kind: 'basic', username: 'ann', password: 'secret' } })
    const registry = await start({ redirectBlobs: (path) => `${storage.origin}${path}` })
    const refusals: unknown[] = []
    const credentials = {
      authorization: async (refusal?: RejectedAuthorization) => {
        if (refusal) refusals.push(refusal)
        return `Bearer secret-${refusals.length}`
      },
    }
    const repository = openRepository(makeTestTransport(registry.origin, { credentials }), 'app')
    await repository.putBlob(Buffer.from('x'))
    await expect(repository.getBlob(digestOf(Buffer.from('x')))).rejects.toThrow(
      /^GET .*: 401 UNAUTHORIZED: authentication required$/,
    )
    expect(refusals).toEqual([])
  })

  it('within the registry keeps the credentials', async () => {
    const registry = await start()
    const headers = { location: '/v2/other' }
    const fault = registry.fail({ trouble: { kind: 'status', status: 301, headers } })
    const credentials = { authorization: async () => 'Bearer secret' }
    await makeTestTransport(registry.origin, { credentials }).send('GET', '/v2/', ping)
    expect(fault.fired).toBe(1)
    expect(registry.requests.at(-1)).toMatchObject({ path: '/v2/other', authorization: 'Bearer secret' })
  })

  it.each([307, 308])('of a write keeps method and body: %i', async (status) => {
    const [registry, storage] = [await start(), await start()]
    const credentials = { authorization: async () => 'Bearer secret' }
    const repository = openRepository(makeTestTransport(registry.origin, { credentials }), 'app')
    const to = (location: string) => ({ kind: 'status', status, headers: { location } }) as const
    const faults = [
      registry.fail({ operation: 'start', trouble: to('/v2/app/blobs/uploads/') }),
      registry.fail({
        operation: 'manifest',
        method: 'PUT',
        trouble: to(`${storage.origin}/v2/app/manifests/v1`),
      }),
    ]
    await repository.putBlob(Buffer.from('x'))
    await repository.putManifest('v1', 'application/json', Buffer.from('{}'))
    expect(faults.map(({ fired }) => fired)).toEqual([1, 1])
    expect(registry.repositories.get('app')?.blobs.has(digestOf(Buffer.from('x')))).toBe(true)
    expect(storage.requests).toMatchObject([
      { method: 'PUT', operation: 'manifest', bodyBytes: 2, authorization: undefined },
    ])
  })

  it('of a write that would become a read, or whose body is a stream, is an error', async () => {
    const registry = await start()
    const repository = openRepository(makeTestTransport(registry.origin), 'app')
    const to = (status: number) => ({ kind: 'status', status, headers: { location: '/v2/' } }) as const
    registry.fail({ operation: 'start', trouble: to(303) })
    await expect(repository.putBlob(Buffer.from('x'))).rejects.toThrow(/^POST .*: 303$/)
    const fault = registry.fail({ operation: 'send', trouble: to(307) })
    await expect(repository.upload(pieces(2), () => '')).rejects.toThrow(/^PATCH .*: 307$/)
    expect(fault.fired).toBe(1)
  })

  it('to http beyond this machine is refused', async () => {
    const registry = await start({ redirectBlobs: () => 'http://storage.test/blob?signature=secret' })
    const repository = openRepository(makeTestTransport(registry.origin), 'app')
    await repository.putBlob(Buffer.from('x'))
    await expect(repository.getBlob(digestOf(Buffer.from('x')))).rejects.toThrow(
      new UserError(
        'registry: redirect: expected https, got http://storage.test; insecure: true allows http',
      ),
    )
  })

  it('that comes back again and again is given up', async () => {
    const registry = await start({ redirectBlobs: (path) => path })
    const repository = openRepository(makeTestTransport(registry.origin), 'app')
    await repository.putBlob(Buffer.from('x'))
    await expect(repository.getBlob(digestOf(Buffer.from('x')))).rejects.toThrow(
      'expected at most 5 redirects, got more',
    )
    expect(registry.requests.filter(({ method }) => method === 'GET')).toHaveLength(6)
  })
})
