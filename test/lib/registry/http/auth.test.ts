import { afterEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../../lib/errors.ts'
import { digestOf } from '../../../../lib/oci/digest.ts'
import { connectRepository } from '../../../../lib/registry/connect.ts'
import {
  basicCredentials,
  type Credentials,
  type Token,
  tokenCredentials,
} from '../../../../lib/registry/http/auth.ts'
import { parseChallenges } from '../../../../lib/registry/http/challenge.ts'
import { isTransient } from '../../../../lib/registry/http/errors.ts'
import { openRepository } from '../../../../lib/registry/repository.ts'
import { fakeClock } from '../../../fakes/clock.ts'
import { type OciRegistry, type RegistryOptions, startOciRegistry } from '../../../fakes/oci-registry.ts'
import { makeTestTransport } from '../../../fixtures/transport.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

async function start(options: RegistryOptions): Promise<OciRegistry> {
  const registry = await startOciRegistry(options)
  registries.push(registry)
  return registry
}

const blob = Buffer.from('a blob')
const login = { username: 'ann', password: 'pass:word' }

describe('a token', () => {
  const made = (lifeMs: number | undefined) => {
    const clock = fakeClock()
    const masked: string[] = []
    let count = 0
    const fetchToken = async (): Promise<Token> => ({
      authorization: `Bearer token-${++count}`,
      expiresAt: lifeMs === undefined ? undefined : clock.now() + lifeMs,
    })
    const credentials = tokenCredentials(fetchToken, { clock, mask: (secret) => masked.push(secret) })
    return { clock, masked, credentials }
  }

  it('is kept until a minute before its end', async () => {
    const { clock, credentials, masked } = made(12 * 3_600_000)
    const ask = () => credentials.authorization()
    expect([await ask(), await ask()]).toEqual(['Bearer token-1', 'Bearer token-1'])
    await clock.sleep(12 * 3_600_000 - 60_001)
    expect(await ask()).toBe('Bearer token-1')
    await clock.sleep(1)
    expect(await ask()).toBe('Bearer token-2')
    expect(masked).toEqual(['token-1', 'token-2'])
  })

  it('that is at hand is used, and masked, before another is asked for', async () => {
    const clock = fakeClock()
    const masked: string[] = []
    const first = {
      authorization: `Basic ${Buffer.from('AWS:at hand').toString('base64')}`,
      expiresAt: clock.now() + 600_000,
    }
    const fetchToken = async () => ({ authorization: 'Bearer next', expiresAt: undefined })
    const settings = { clock, mask: (secret: string) => masked.push(secret), first }
    const credentials = tokenCredentials(fetchToken, settings)
    expect(await credentials.authorization()).toBe(first.authorization)
    expect(masked).toEqual([first.authorization.slice(6), 'at hand'])
    await clock.sleep(600_000)
    expect(await credentials.authorization()).toBe('Bearer next')
  })

  it('that is short is kept for four fifths of its life', async () => {
    const { clock, credentials } = made(60_000)
    await credentials.authorization()
    await clock.sleep(47_999)
    expect(await credentials.authorization()).toBe('Bearer token-1')
    await clock.sleep(1)
    expect(await credentials.authorization()).toBe('Bearer token-2')
  })

  it('is renewed once for all requests that it was refused to', async () => {
    const { credentials } = made(undefined)
    const authorization = await credentials.authorization()
    const refusal = { authorization, challenges: [] }
    const ask = () => credentials.authorization(refusal)
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill('Bearer token-2'))
    expect(await ask()).toBe('Bearer token-2')
  })

  it('of which none could be had is asked for again by the next request', async () => {
    let failures = 1
    const fetchToken = async () => {
      if (failures-- > 0) throw new Error('no token now')
      return { authorization: 'Bearer late', expiresAt: undefined }
    }
    const credentials = tokenCredentials(fetchToken, { clock: fakeClock(), mask: () => undefined })
    await expect(credentials.authorization()).rejects.toThrow('no token now')
    expect(await credentials.authorization()).toBe('Bearer late')
  })
})

describe('a registry whose tokens come from elsewhere, as those of ECR', () => {
  const openEcr = async () => {
    const registry = await start({ access: { kind: 'ecr' } })
    const masked: string[] = []
    let issued = 0
    const fetchToken = async () => {
      issued++
      return registry.issueToken()
    }
    const mask = (secret: string) => masked.push(secret)
    const credentials = tokenCredentials(fetchToken, { clock: fakeClock(), mask })
    const repository = openRepository(makeTestTransport(registry.origin, { credentials }), 'app')
    return { registry, repository, masked, issued: () => issued }
  }

  it('gets a new one when it refuses the old one, once for requests at the same time', async () => {
    const { registry, repository, issued } = await openEcr()
    await repository.putBlob(blob)
    registry.revokeTokens()
    const found = await Promise.all([1, 2, 3, 4].map(() => repository.hasBlob(digestOf(blob))))
    expect(found).toEqual([true, true, true, true])
    expect(registry.requests.some(({ status }) => status === 401)).toBe(true)
    expect(issued()).toBe(2)
  })

  it('has the token and the password inside of it masked', async () => {
    const { registry, repository, masked } = await openEcr()
    await repository.putBlob(blob)
    const secret = registry.requests[0]?.authorization?.replace('Basic ', '') ?? ''
    expect(masked).toEqual([secret, Buffer.from(secret, 'base64').toString().slice('AWS:'.length)])
  })

  it('refuses a stream with an error that says that a new one goes through', async () => {
    const { registry, repository } = await openEcr()
    async function* stream() {
      // The token ends between the start of the session and the stream.
      registry.revokeTokens()
      yield blob
    }
    const fault = registry.fail({ operation: 'send', trouble: { kind: 'status', status: 401 } })
    const error = await repository.upload(stream(), () => digestOf(blob)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 401, renewed: true })
    expect(isTransient(error)).toBe(true)
    expect(fault.fired).toBe(1)
    const again = (async function* () {
      yield blob
    })()
    await repository.upload(again, () => digestOf(blob))
    expect(await repository.hasBlob(digestOf(blob))).toBe(true)
  })

  it('gives up when it refuses the new one too', async () => {
    const registry = await start({ access: { kind: 'ecr' } })
    let issued = 0
    const fetchToken = async () => ({ authorization: `Basic ${++issued}`, expiresAt: undefined })
    const credentials = tokenCredentials(fetchToken, { clock: fakeClock(), mask: () => undefined })
    const transport = makeTestTransport(registry.origin, { credentials })
    await expect(openRepository(transport, 'app').hasBlob(digestOf(blob))).rejects.toThrow(/: 401$/)
    expect([issued, registry.requests.length]).toEqual([2, 2])
  })
})

function connect({ host }: OciRegistry, who?: typeof login, name = 'team/app') {
  const masked: string[] = []
  const repository = connectRepository(`${host}/${name}`, {
    login: who,
    mask: (secret) => masked.push(secret),
    clock: fakeClock(),
    signal: new AbortController().signal,
  })
  return { repository, masked }
}

describe('a registry that asks for basic auth', () => {
  it('gets user and password after it asked, and with each request from then on', async () => {
    const registry = await start({ access: { kind: 'basic', ...login } })
    const { repository, masked } = connect(registry, login)
    await repository.putBlob(blob)
    const encoded = Buffer.from('ann:pass:word').toString('base64')
    expect(registry.requests.map(({ authorization }) => authorization)).toEqual([
      undefined,
      `Basic ${encoded}`,
      `Basic ${encoded}`,
    ])
    expect(masked).toEqual([encoded, 'pass:word'])
  })

  it('is not asked twice for one thing with a login that it refuses', async () => {
    const registry = await start({ access: { kind: 'basic', ...login } })
    const { repository } = connect(registry, { ...login, password: 'wrong' })
    for (const count of [2, 3]) {
      await expect(repository.putBlob(blob)).rejects.toThrow('401 UNAUTHORIZED: authentication required')
      expect(registry.requests).toHaveLength(count)
    }
  })

  it('can be given user and password from the start', async () => {
    const credentials: Credentials = basicCredentials(login, () => undefined)
    const registry = await start({ access: { kind: 'basic', ...login } })
    await openRepository(makeTestTransport(registry.origin, { credentials }), 'app').putBlob(blob)
    expect(registry.requests.every(({ status }) => status < 300)).toBe(true)
  })
})

describe('a registry that names a token endpoint', () => {
  it('gives anybody what it gives without a login', async () => {
    const registry = await start({ access: { kind: 'bearer' } })
    await connect(registry).repository.putBlob(blob)
    expect(registry.requests.find(({ operation }) => operation === 'token')).toMatchObject({
      query: 'service=fake&scope=repository%3Ateam%2Fapp%3Apull%2Cpush',
      authorization: undefined,
    })
  })

  it('gets the login there, and only the token elsewhere', async () => {
    const registry = await start({ access: { kind: 'bearer', login } })
    const { repository, masked } = connect(registry, login)
    await repository.putBlob(blob)
    expect(await repository.hasBlob(digestOf(blob))).toBe(true)
    const basic = registry.requests.filter(({ authorization }) => authorization?.startsWith('Basic '))
    expect(basic.map(({ operation }) => operation)).toEqual(['token'])
    const bearer = registry.requests.flatMap(
      ({ authorization }) => authorization?.match(/^Bearer (.*)/)?.[1] ?? [],
    )
    expect(bearer.length).toBeGreaterThan(0)
    expect(masked).toEqual(expect.arrayContaining([...bearer, 'pass:word']))
  })

  it('gives one token for all scopes that were asked for, so that reads and writes do not take turns', async () => {
    const registry = await start({ access: { kind: 'bearer' } })
    const { repository } = connect(registry)
    for (let round = 0; round < 3; round++) {
      await repository.hasBlob(digestOf(blob))
      await repository.putBlob(blob)
    }
    const tokens = registry.requests.filter(({ operation }) => operation === 'token')
    expect(tokens.map(({ query }) => new URLSearchParams(query).getAll('scope'))).toEqual([
      ['repository:team/app:pull'],
      ['repository:team/app:pull,push'],
    ])
  })

  it('is asked for one token by requests at the same time, and for another when that is refused', async () => {
    const registry = await start({ access: { kind: 'bearer' } })
    const { repository } = connect(registry)
    const ask = () => Promise.all([1, 2, 3, 4].map(() => repository.hasBlob(digestOf(blob))))
    const count = () => registry.requests.filter(({ operation }) => operation === 'token').length
    await ask()
    expect(count()).toBe(1)
    registry.revokeTokens()
    await ask()
    expect(count()).toBe(2)
  })

  it('that refuses the login is named', async () => {
    const registry = await start({ access: { kind: 'bearer', login } })
    const { repository } = connect(registry, { ...login, password: 'wrong' })
    await expect(repository.hasBlob(digestOf(blob))).rejects.toThrow(
      `GET ${registry.origin}/token: 401 UNAUTHORIZED: incorrect username or password`,
    )
  })

  it('without TLS beyond this machine is refused, before the login is sent', async () => {
    const registry = await start({ access: { kind: 'bearer', login, realm: 'http://tokens.test/token' } })
    await expect(connect(registry, login).repository.hasBlob(digestOf(blob))).rejects.toThrow(
      new UserError('registry: realm: expected https, got http://tokens.test; insecure: true allows http'),
    )
  })

  it('that is no URL is refused', async () => {
    const registry = await start({ access: { kind: 'bearer', realm: 'here' } })
    await expect(connect(registry).repository.hasBlob(digestOf(blob))).rejects.toThrow('got "here"')
  })

  it('that answers with no token is a failure', async () => {
    const registry = await start({ access: { kind: 'bearer' } })
    const fault = registry.fail({ operation: 'token', trouble: { kind: 'status', status: 200, body: '{}' } })
    await expect(connect(registry).repository.hasBlob(digestOf(blob))).rejects.toThrow(
      'expected a token, got none',
    )
    expect(fault.fired).toBe(1)
  })

  it('that is busy is asked again', async () => {
    const registry = await start({ access: { kind: 'bearer' } })
    const fault = registry.fail({ operation: 'token', trouble: { kind: 'status', status: 503 } })
    expect(await connect(registry).repository.hasBlob(digestOf(blob))).toBe(false)
    expect(fault.fired).toBe(1)
  })
})

describe('parseChallenges', () => {
  it.each([
    [undefined, []],
    ['Basic realm="x"', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
    [
      'Bearer realm="https://a/token?x=1,2",service=reg,scope="repository:a:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://a/token?x=1,2', service: 'reg', scope: 'repository:a:pull,push' },
        },
      ],
    ],
    [
      'Negotiate, Basic realm="a \\"b\\"", BEARER Realm="c"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'a "b"' } },
        { scheme: 'bearer', parameters: { realm: 'c' } },
      ],
    ],
    ['realm="no scheme"', []],
  ])('%s', (header, challenges) => {
    expect(parseChallenges(header)).toEqual(challenges)
  })
})
