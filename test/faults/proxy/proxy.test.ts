import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from './fault.ts'
import { type FaultProxy, startProxy } from './proxy.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A service that counts what it carried out, and says so in each answer. */
async function startService() {
  const carriedOut: string[] = []
  const server = createServer((request, response) => {
    carriedOut.push(`${request.method} ${request.url}`)
    request.resume().once('end', () => response.end(JSON.stringify({ count: carriedOut.length })))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => void server.close())
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, carriedOut }
}

async function startWith(operation: string, fault: Fault, nth = 1, kill = () => {}) {
  const service = await startService()
  const proxy = await startProxy(service.endpoint, { rule: { operation, nth, fault }, kill })
  closing.push(() => proxy.close())
  return { ...service, proxy }
}

const call = async ({ endpoint }: FaultProxy, method = 'GET', init: RequestInit = {}) =>
  await (await fetch(`${endpoint}/x`, { method, ...init })).text()

const settings = (endpoint: string) => ({
  region: 'ap-northeast-2',
  endpoint,
  maxAttempts: 1,
  credentials: { accessKeyId: '123456789012', secretAccessKey: 'local' },
})

describe('the fault proxy', () => {
  it('passes a call on as it is, and records it', async () => {
    const { proxy, carriedOut } = await startWith('http:PUT', 'silence')
    expect(await call(proxy)).toBe('{"count":1}')
    expect(carriedOut).toEqual(['GET /x'])
    expect(proxy.calls).toEqual([
      { operation: 'http:GET', writes: false, nth: 1, staleNth: 0, status: 200, answerBytes: 11 },
    ])
  })

  it.each([
    ['reset-before', []],
    ['reset-after', ['POST /x']],
    ['cut-body', ['POST /x']],
    ['kill-before', []],
    ['kill-after', ['POST /x']],
  ] as const)('%s: the caller sees a broken connection', async (fault, expected) => {
    let killed = 0
    const { proxy, carriedOut } = await startWith('http:POST', fault, 1, () => killed++)
    await expect(call(proxy, 'POST')).rejects.toThrow()
    await proxy.fired
    expect(carriedOut).toEqual(expected)
    expect(killed).toBe(fault.startsWith('kill') ? 1 : 0)
    expect(await call(proxy, 'POST')).toContain('count')
  })

  it('silence: says nothing, and carries nothing out', async () => {
    const { proxy, carriedOut } = await startWith('http:POST', 'silence')
    const abort = new AbortController()
    const answer = call(proxy, 'POST', { signal: abort.signal })
    await proxy.fired
    abort.abort()
    await expect(answer).rejects.toThrow('aborted')
    await call(proxy)
    expect(carriedOut).toEqual(['GET /x'])
  })

  it('slow-drip: the head of the answer comes at once, and its body does not', async () => {
    const { proxy } = await startWith('http:GET', 'slow-drip')
    const abort = new AbortController()
    const answer = await fetch(`${proxy.endpoint}/x`, { signal: abort.signal })
    expect(answer.headers.get('content-length')).toBe('11')
    abort.abort()
    await expect(answer.text()).rejects.toThrow('aborted')
  })

  it('stale: a read gives its answer of before the last write, once', async () => {
    const { proxy } = await startWith('http:GET', 'stale')
    const answers = [await call(proxy), await call(proxy)]
    answers.push(await call(proxy, 'PUT'), await call(proxy), await call(proxy))
    expect(answers.map((text) => JSON.parse(text).count)).toEqual([1, 2, 3, 2, 4])
    expect(proxy.calls.map(({ fault }) => fault)).toEqual([
      undefined,
      undefined,
      undefined,
      'stale',
      undefined,
    ])
  })

  it('outage: six calls from the n-th on fail', async () => {
    const { proxy } = await startWith('http:GET', 'outage', 2)
    for (let at = 0; at < 8; at++) await call(proxy)
    expect(proxy.calls.filter(({ fault }) => fault === 'outage').map(({ nth }) => nth)).toEqual([
      2, 3, 4, 5, 6, 7,
    ])
  })

  it.each([
    ['throttle', 'ThrottlingException', 'Throttling', 'SlowDown'],
    ['error-500', 'InternalFailure', 'InternalFailure', 'InternalError'],
    ['denied', 'AccessDeniedException', 'AccessDenied', 'AccessDenied'],
    ['expired', 'ExpiredTokenException', 'ExpiredToken', 'ExpiredToken'],
  ] as const)('%s: the SDK reads the code that each protocol has for it', async (fault, json, query, s3) => {
    const of = async (operation: string, send: (endpoint: string) => Promise<unknown>) => {
      const { proxy, carriedOut } = await startWith(operation, fault)
      const error = await send(proxy.endpoint).then(
        () => undefined,
        (thrown: unknown) => (thrown instanceof Error ? thrown.name : thrown),
      )
      expect(carriedOut).toEqual([])
      return error
    }
    const input = { cluster: 'c', service: 's' }
    const names = [
      await of('ecs:UpdateService', (to) =>
        new ECSClient(settings(to)).send(new UpdateServiceCommand(input)),
      ),
      await of('cloudformation:DescribeStacks', (to) =>
        new CloudFormationClient(settings(to)).send(new DescribeStacksCommand({})),
      ),
      await of('s3:GetObject', (to) =>
        new S3Client({ ...settings(to), forcePathStyle: true }).send(
          new GetObjectCommand({ Bucket: 'b', Key: 'k' }),
        ),
      ),
    ]
    expect(names).toEqual([json, query, s3])
  })

  it('hits the n-th call of an operation, whatever was called in between', async () => {
    const { proxy } = await startWith('ecs:DescribeServices', 'denied', 2)
    const client = new ECSClient(settings(proxy.endpoint))
    const describeServices = () => client.send(new DescribeServicesCommand({ services: ['s'] }))
    await describeServices()
    await client.send(new UpdateServiceCommand({ service: 's' }))
    await expect(describeServices()).rejects.toThrow('made by the test for ecs:DescribeServices')
    await describeServices()
  })
})
