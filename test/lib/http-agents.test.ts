import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { makeEcr } from '../../lib/aws/ecr.ts'
import { UserError } from '../../lib/errors.ts'
import { knowsProxies, makeHttpAgents } from '../../lib/http-agents.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { connectRepository } from '../../lib/registry/connect.ts'
import { isTransient } from '../../lib/registry/http/errors.ts'
import { fakeClock } from '../fakes/clock.ts'
import { startConnectProxy } from '../fakes/connect-proxy.ts'
import { startOciRegistry } from '../fakes/oci-registry.ts'

const tlsFile = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const caFile = tlsFile('ca.pem')
const tls = { cert: readFileSync(tlsFile('cert.pem'), 'utf8'), key: readFileSync(tlsFile('key.pem'), 'utf8') }

const closing: { close(): void }[] = []
afterEach(() => {
  for (const server of closing.splice(0)) server.close()
})

const keep = <T extends { close(): void }>(server: T): T => {
  closing.push(server)
  return server
}

const blob = Buffer.from('a blob')

function connectThrough(env: Record<string, string>, reference = 'registry.test/team/app', insecure = false) {
  return connectRepository(reference, {
    agents: makeHttpAgents(env),
    clock: fakeClock(),
    signal: new AbortController().signal,
    mask: () => undefined,
    retries: 0,
    insecure,
  })
}

describe.runIf(knowsProxies)('a registry behind a proxy', () => {
  const startBehindProxy = async (refuses?: number) => {
    const registry = keep(await startOciRegistry({ tls, access: { kind: 'none' } }))
    return { registry, proxy: keep(await startConnectProxy(registry.host, refuses)) }
  }

  it.each(['HTTPS_PROXY', 'https_proxy'])(
    'with a private CA is reached by CONNECT where %s says so',
    async (name) => {
      const { registry, proxy } = await startBehindProxy()
      const repository = connectThrough({ [name]: proxy.url, AWS_CA_BUNDLE: caFile })
      await repository.upload(
        (async function* () {
          yield blob
        })(),
        () => digestOf(blob),
      )
      expect(await repository.getBlob(digestOf(blob))).toEqual(blob)
      expect(proxy.asked).toEqual(['CONNECT registry.test:443'])
      expect(registry.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PUT', 'GET'])
    },
  )

  it('whose CA nobody named is not trusted, and the error says what to do', async () => {
    const { registry, proxy } = await startBehindProxy()
    const error = await connectThrough({ HTTPS_PROXY: proxy.url })
      .hasBlob(digestOf(blob))
      .catch((reason: unknown) => reason)
    expect(String(error)).toContain('name its file in NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE')
    expect(isTransient(error)).toBe(false)
    expect(registry.requests).toHaveLength(0)
  })

  it('that refuses is named without its password', async () => {
    const { proxy } = await startBehindProxy(407)
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:secret@'), AWS_CA_BUNDLE: caFile }
    const error = await connectThrough(env)
      .hasBlob(digestOf(blob))
      .catch((reason: unknown) => reason)
    expect(String(error)).toMatch(/HEAD https:\/\/registry.test\/.*407.*; check HTTPS_PROXY/)
    expect(String(error)).not.toContain('secret')
    expect(isTransient(error)).toBe(false)
  })

  it('is not reached by it where NO_PROXY names the registry', async () => {
    const { proxy } = await startBehindProxy()
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: 'other.test,registry.test', AWS_CA_BUNDLE: caFile }
    await expect(connectThrough(env).hasBlob(digestOf(blob))).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/)
    expect(proxy.asked).toEqual([])
  })

  it('is asked with whole URLs where it has no TLS', async () => {
    const proxy = keep(await startConnectProxy('127.0.0.1:1'))
    const repository = connectThrough({ HTTP_PROXY: proxy.url }, 'registry.test:5000/app', true)
    expect(await repository.hasBlob(digestOf(blob))).toBe(true)
    expect(proxy.asked).toEqual([`HEAD http://registry.test:5000/v2/app/blobs/${digestOf(blob)}`])
  })
})

describe.runIf(knowsProxies)('agents', () => {
  it('ask for nothing on this machine through a proxy', async () => {
    const registry = keep(await startOciRegistry())
    const proxy = keep(await startConnectProxy(registry.host))
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: 'other.test' }
    expect(await connectThrough(env, `${registry.host}/app`).hasBlob(digestOf(blob))).toBe(false)
    expect(proxy.asked).toEqual([])
  })

  it('take a proxy without a scheme for an http one', async () => {
    const proxy = keep(await startConnectProxy('127.0.0.1:1', 407))
    const env = { HTTPS_PROXY: proxy.url.replace('http://', '') }
    await expect(connectThrough(env).hasBlob(digestOf(blob))).rejects.toThrow('407')
    expect(proxy.asked).toEqual(['CONNECT registry.test:443'])
  })

  it.each(['socks5://user:secret@proxy:1', 'http://user:secret@'])(
    'refuse the proxy %s and hide it',
    (value) => {
      expect(() => makeHttpAgents({ HTTPS_PROXY: value })).toThrow(
        new UserError(
          'HTTPS_PROXY: expected the URL of a proxy such as http://proxy.example.com:3128, got another',
        ),
      )
    },
  )

  it('say which CA file there is not', () => {
    expect(() => makeHttpAgents({ AWS_CA_BUNDLE: '/missing.pem' })).toThrow(
      new UserError('AWS_CA_BUNDLE: /missing.pem: does not exist'),
    )
  })
})

describe.runIf(knowsProxies)('the clients of AWS', () => {
  it('go through the same proxy, and trust the same CA', async () => {
    const answer = {
      authorizationData: [
        { authorizationToken: 'QVdTOng=', proxyEndpoint: 'https://registry.test', expiresAt: 1_800_000_000 },
      ],
    }
    const server = createServer(tls, (request, response) => {
      request.resume().on('end', () => response.end(JSON.stringify(answer)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push({ close: () => server.close() && server.closeAllConnections() })
    const address = server.address()
    const proxy = keep(
      await startConnectProxy(`127.0.0.1:${typeof address === 'object' ? address?.port : ''}`),
    )
    const env = { AWS_REGION: 'ap-northeast-2', HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: caFile }
    const credentials = { accessKeyId: '123456789012', secretAccessKey: 'local' }
    const config = { ...readAwsConfig(env), endpoint: 'https://ecr.test', credentials }
    expect(await makeEcr(config).authorize()).toEqual({
      origin: 'https://registry.test',
      authorization: 'Basic QVdTOng=',
      expiresAt: 1_800_000_000_000,
    })
    expect(proxy.asked).toEqual(['CONNECT ecr.test:443'])
  })
})
