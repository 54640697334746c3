import { afterEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../lib/oci/digest.ts'
import type { RequestOptions } from '../../lib/registry/http/transport.ts'
import { makeTestTransport } from '../fixtures/transport.ts'
import { ecr, type Quirks } from './oci-registry/quirks.ts'
import { type OciRegistry, startOciRegistry } from './oci-registry.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

const mebibyte = 1024 ** 2
const every = Array.from({ length: 500 }, (_, at) => 100 + at)
const bytes = Buffer.alloc(15 * mebibyte, 'layer')

async function start(quirks: Partial<Quirks>) {
  const registry = await startOciRegistry({ quirks, repositories: ['app', 'base'] })
  registries.push(registry)
  const transport = makeTestTransport(registry.origin, { retries: 0 })
  const ask = (method: string, path: string, options: Partial<RequestOptions> = {}) =>
    transport.send(method, path, { accept: every, ...options })
  const startSession = async () => (await ask('POST', '/v2/app/blobs/uploads/')).headers.location ?? ''
  const sendChunk = (location: string, from: number, to: number) =>
    ask('PATCH', location, {
      body: bytes.subarray(from, to),
      once: true,
      headers: { 'content-range': `${from}-${to - 1}` },
    })
  const commit = (location: string, content?: Buffer) =>
    ask('PUT', `${location}&digest=${digestOf(bytes)}`, content ? { body: content } : {})
  return { registry, ask, startSession, sendChunk, commit }
}

describe('the registry with the quirks of ECR', () => {
  it('answers each chunk with 201 and the Range of the first, and has them all', async () => {
    const { startSession, sendChunk, commit } = await start(ecr)
    const location = await startSession()
    for (const at of [0, 5, 10]) {
      const { status, headers } = await sendChunk(location, at * mebibyte, (at + 5) * mebibyte)
      expect([status, headers.range]).toEqual([201, `0-${5 * mebibyte - 1}`])
    }
    expect((await commit(location)).status).toBe(201)
  })

  it('refuses chunks after one that is too small', async () => {
    const { startSession, sendChunk, commit } = await start(ecr)
    const location = await startSession()
    await sendChunk(location, 0, mebibyte)
    const { status, body } = await sendChunk(location, mebibyte, 2 * mebibyte)
    expect([status, body.toString()]).toEqual([400, expect.stringContaining('LayerPartTooSmall')])
    expect((await commit(location, bytes.subarray(mebibyte))).status).toBe(400)
  })

  it('takes a last chunk that is small', async () => {
    const { startSession, sendChunk, commit } = await start(ecr)
    const location = await startSession()
    await sendChunk(location, 0, 14 * mebibyte)
    expect((await commit(location, bytes.subarray(14 * mebibyte))).status).toBe(201)
  })

  it('answers 416 to a restart of a session that has bytes', async () => {
    const { startSession, sendChunk, ask } = await start(ecr)
    const location = await startSession()
    await sendChunk(location, 0, 5 * mebibyte)
    expect((await sendChunk(location, 0, 5 * mebibyte)).status).toBe(416)
    expect((await ask('PATCH', location, { body: bytes })).status).toBe(416)
  })

  it('keeps what came before a reset, so that a restart is 416 too', async () => {
    const { registry, startSession, sendChunk } = await start(ecr)
    const location = await startSession()
    const fault = registry.fail({ operation: 'send', trouble: { kind: 'reset', afterBytes: mebibyte } })
    await expect(sendChunk(location, 0, 5 * mebibyte)).rejects.toThrow()
    expect(fault.fired).toBe(1)
    expect((await sendChunk(location, 0, 5 * mebibyte)).status).toBe(416)
  })

  it('drops the connection for a repository that is not there', async () => {
    const { ask } = await start(ecr)
    await expect(ask('POST', '/v2/missing/blobs/uploads/')).rejects.toThrow('socket hang up')
  })

  it('mounts nothing without the setting, and from its own repositories with it', async () => {
    for (const [mounts, status] of [
      [false, 202],
      [true, 201],
    ] as const) {
      const { ask } = await start({ ...ecr, mounts })
      const { headers } = await ask('POST', '/v2/base/blobs/uploads/')
      await ask('PUT', `${headers.location}&digest=${digestOf(bytes)}`, { body: bytes })
      const mount = await ask('POST', `/v2/app/blobs/uploads/?mount=${digestOf(bytes)}&from=base`)
      expect(mount.status).toBe(status)
    }
  })

  it('refuses to move a tag where tags are immutable, the same manifest included', async () => {
    const { ask } = await start({ ...ecr, immutableTags: true })
    const put = async () =>
      (await ask('PUT', '/v2/app/manifests/v1', { body: Buffer.from('{"layers":[]}') })).status
    expect([await put(), await put()]).toEqual([201, 400])
  })
})

describe('the registry without quirks', () => {
  it('answers each chunk with 202 and the Range so far, and needs them in order', async () => {
    const { startSession, sendChunk } = await start({})
    const location = await startSession()
    const first = await sendChunk(location, 0, 10)
    expect([first.status, first.headers.range]).toEqual([202, '0-9'])
    expect((await sendChunk(location, 10, 20)).headers.range).toBe('0-19')
    expect((await sendChunk(location, 30, 40)).status).toBe(416)
  })

  it('meets a fault after those requests that pass, and only on the path that it is for', async () => {
    const { registry, ask } = await start({})
    const trouble = { kind: 'status', status: 500 } as const
    const fault = registry.fail({ method: 'GET', path: /app/, skip: 1, times: 2, trouble })
    const statuses: number[] = []
    for (const name of ['app', 'base', 'app', 'app', 'app'])
      statuses.push((await ask('GET', `/v2/${name}/manifests/v1`)).status)
    expect(statuses).toEqual([404, 404, 500, 500, 404])
    expect(fault.fired).toBe(2)
  })
})
