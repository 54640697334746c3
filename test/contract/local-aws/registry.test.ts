import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { ECRClient, GetAuthorizationTokenCommand, PutImageTagMutabilityCommand } from '@aws-sdk/client-ecr'
import { describe, expect, it } from 'vitest'
import { makeEcr } from '../../../lib/aws/ecr.ts'
import { DigestCounter } from '../../../lib/oci/digest.ts'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { type ContractAccount, contractAccount, isLocal } from '../../contract-account.ts'
import { openEcrRepository } from '../../fixtures/ecr-repository.ts'
import {
  baseLayer,
  createRepository,
  digestOf,
  makeSmallImage,
  manifestType,
  pushSmallImage,
  setControl,
} from '../../fixtures/registry.ts'
import { localAws } from '../../local-aws.ts'

const mebibyte = 1024 ** 2

/** Sends requests to a repository's path, with a token of the account. */
async function makeSend(account: ContractAccount, name: string) {
  const { authorization, origin } = await makeEcr(account.config).authorize()
  return async (
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: Buffer } = {},
  ) =>
    await fetch(new URL(path, `${origin}/v2/${name}/`), {
      method,
      headers: { authorization, ...init.headers },
      ...(init.body ? { body: init.body } : {}),
    })
}

type Send = Awaited<ReturnType<typeof makeSend>>

const startUpload = async (send: Send) =>
  String((await send('POST', 'blobs/uploads/')).headers.get('location'))

async function readError(answer: Response) {
  const [error] = JSON.parse(await answer.text()).errors
  return [answer.status, error.code, error.message]
}

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  const piece = randomBytes(mebibyte)
  for (let at = 0; at < count; at++) {
    piece.writeUInt32LE(at)
    yield Buffer.from(piece)
  }
}

describe('the token of the local registry', () => {
  it('is asked for, and no other is taken', async () => {
    const { origin } = await makeEcr(contractAccount().config).authorize()
    for (const headers of [{}, { authorization: 'Basic bm8=' }] as Record<string, string>[]) {
      const answer = await fetch(`${origin}/v2/`, { headers })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Basic realm="http.*",service="ecr.amazonaws.com"$/,
      )
    }
  })

  it.runIf(isLocal)('opens the registry of its account only, and cannot be changed', async () => {
    const account = localAws()
    await (await createRepository(account, 'mine')).putBlob(Buffer.from('x'))
    const other = await createRepository(localAws(), 'mine')
    expect(await other.hasBlob(digestOf(Buffer.from('x')))).toBe(false)
    const { authorization } = await makeEcr(account.config).authorize()
    const [payload, signature] = Buffer.from(authorization.slice(6), 'base64').toString().slice(4).split('.')
    const changed = Buffer.from(String(payload), 'base64').toString().replace(account.account, '111122223333')
    const forged = Buffer.from(`AWS:${Buffer.from(changed).toString('base64')}.${signature}`).toString(
      'base64',
    )
    const answer = await fetch(`${account.endpoint}/v2/`, { headers: { authorization: `Basic ${forged}` } })
    expect(answer.status).toBe(401)
  })

  it.runIf(isLocal)('expires, and says so', async () => {
    const account = localAws()
    await createRepository(account, 'late')
    await setControl(account, 'ecr-token-lifetime', { seconds: 0 })
    const send = await makeSend(account, 'late')
    expect(await readError(await send('GET', 'tags/list'))).toEqual([
      403,
      'DENIED',
      'Your authorization token has expired. Reauthenticate and try again.',
    ])
    await setControl(account, 'ecr-token-lifetime', { seconds: 60 })
    const { authorizationData } = await new ECRClient(account.config).send(
      new GetAuthorizationTokenCommand({}),
    )
    const expires = authorizationData?.[0]?.expiresAt?.getTime() ?? 0
    expect(expires).toBeGreaterThan(Date.now() + 50_000)
    expect(expires).toBeLessThan(Date.now() + 61_000)
    expect((await (await makeSend(account, 'late'))('GET', 'tags/list')).status).toBe(200)
  })
})

describe('an upload to the local registry', () => {
  it('gives back the blob that was streamed to it', async () => {
    const repository = await createRepository(contractAccount(), 'streamed')
    const meter = new DigestCounter()
    await repository.upload(meter.pass(pieces(3)), () => meter.finish().digest)
    const { digest, sizeBytes } = meter.finish()
    const blob = await repository.getBlob(digest)
    expect(blob.length).toBe(sizeBytes)
    expect(`sha256:${createHash('sha256').update(blob).digest('hex')}`).toBe(digest)
  })

  it('refuses a blob whose digest is another', async () => {
    const repository = await createRepository(contractAccount(), 'wrong')
    const digest = `sha256:${'0'.repeat(64)}`
    await expect(repository.upload(pieces(1), () => digest)).rejects.toThrow(
      '400 BLOB_UPLOAD_INVALID: None of the provided layer digests match the calculated layer digest',
    )
    expect(await repository.hasBlob(digest)).toBe(false)
  })

  it('answers chunks with 201 and a range that stays at the first one, as ECR does', async () => {
    const account = contractAccount()
    await createRepository(account, 'chunked')
    const send = await makeSend(account, 'chunked')
    const session = await startUpload(send)
    const chunks = [randomBytes(5 * mebibyte), randomBytes(6 * mebibyte), randomBytes(10)]
    let start = 0
    for (const body of chunks) {
      const headers = { 'content-range': `${start}-${start + body.length - 1}` }
      const answer = await send('PATCH', session, { headers, body })
      expect([answer.status, answer.headers.get('range')]).toEqual([201, `0-${5 * mebibyte - 1}`])
      start += body.length
    }
    const digest = digestOf(Buffer.concat(chunks))
    expect((await send('PUT', `${session}?digest=${digest}`)).status).toBe(201)
    const blob = await send('GET', `/v2/chunked/blobs/${digest}`)
    expect(digestOf(new Uint8Array(await blob.arrayBuffer()))).toBe(digest)
  })

  it('refuses a chunk that starts again at 0', async () => {
    const account = contractAccount()
    await createRepository(account, 'restarted')
    const send = await makeSend(account, 'restarted')
    const session = await startUpload(send)
    const body = Buffer.from('twelve bytes')
    expect((await send('PATCH', session, { body })).status).toBe(201)
    expect(await readError(await send('PATCH', session, { body }))).toEqual([
      416,
      'BLOB_UPLOAD_INVALID',
      'First byte of the layer part is 0 instead of 12',
    ])
  })

  it.runIf(isLocal)('is committed by a request without a body, however that is said', async () => {
    const account = contractAccount()
    const repository = await createRepository(account, 'bodiless')
    const { authorization } = await makeEcr(account.config).authorize()
    const send = await makeSend(account, 'bodiless')
    for (const header of ['', 'content-length: 0\r\n', 'transfer-encoding: chunked\r\n']) {
      const body = randomBytes(10)
      const session = await startUpload(send)
      await send('PATCH', session, { body })
      const { host, hostname, port } = new URL((await makeEcr(account.config).authorize()).origin)
      const socket = connect(Number(port), hostname)
      const path = `${session}?digest=${digestOf(body)}`
      const lines = [
        `PUT ${path} HTTP/1.1`,
        `host: ${host}`,
        `authorization: ${authorization}`,
        'connection: close',
      ]
      socket.write(`${lines.join('\r\n')}\r\n${header}\r\n${header.includes('chunked') ? '0\r\n\r\n' : ''}`)
      expect(await text(socket)).toMatch(/^HTTP\/1.1 201/)
      expect(await repository.getBlob(digestOf(body))).toEqual(body)
    }
  })

  it('refuses chunks but the last that are smaller than 5 MiB', async () => {
    const account = contractAccount()
    await createRepository(account, 'small')
    const send = await makeSend(account, 'small')
    const session = await startUpload(send)
    for (const range of ['0-0', '1-1']) {
      await send('PATCH', session, { headers: { 'content-range': range }, body: Buffer.from('x') })
    }
    const answer = await send('PUT', `${session}?digest=${digestOf(Buffer.from('xx'))}`)
    expect(await readError(answer)).toEqual([
      400,
      'BLOB_UPLOAD_INVALID',
      'All layer parts except the last part should be at least 5MB',
    ])
  })

  it('is a dropped connection where there is no repository', async () => {
    const send = await makeSend(contractAccount(), 'nothing')
    await expect(send('POST', 'blobs/uploads/')).rejects.toThrow('fetch failed')
    expect(await readError(await send('GET', 'manifests/v1'))).toEqual(
      expect.arrayContaining([404, 'NAME_UNKNOWN']),
    )
  })

  it.runIf(isLocal)('cannot be continued by another account', async () => {
    const account = localAws()
    await createRepository(account, 'mine')
    const session = await startUpload(await makeSend(account, 'mine'))
    const other = localAws()
    await createRepository(other, 'mine')
    const answer = await (await makeSend(other, 'mine'))('PATCH', session, { body: Buffer.from('x') })
    expect(await readError(answer)).toEqual(expect.arrayContaining([404, 'BLOB_UPLOAD_UNKNOWN']))
  })
})

describe('a manifest of the local registry', () => {
  it('is refused where a blob that it names is not there', async () => {
    const account = contractAccount()
    const repository = await createRepository(account, 'incomplete')
    const { config, layer, manifest } = makeSmallImage('not sent')
    for (const blob of [config, baseLayer]) await repository.putBlob(blob)
    const place = `repository with name 'incomplete' in the registry with id '${account.account}'`
    await expect(repository.putManifest('v1', manifestType, manifest)).rejects.toThrow(
      `BLOB_UPLOAD_UNKNOWN: Layers with digests '[${digestOf(layer)}]' required for pushing image into ${place} do not exist`,
    )
  })

  it.each([
    '{',
    '[]',
    '{"schemaVersion": 1}',
    '{"schemaVersion": 2, "config": 5}',
    '{"schemaVersion": 2, "layers": [{"digest": "sha256:0"}]}',
  ])('is refused where it is none: %s', async (text) => {
    const repository = await createRepository(contractAccount(), `broken-${randomUUID()}`)
    await expect(repository.putManifest('v1', manifestType, Buffer.from(text))).rejects.toThrow(
      '400 MANIFEST_INVALID',
    )
  })

  it('moves a tag, but not an immutable one, also not to where it is', async () => {
    const [account, image, other] = [contractAccount(), makeSmallImage('one'), makeSmallImage('two')]
    const mutable = await createRepository(account, 'mutable')
    for (const each of [image, image, other]) await pushSmallImage(mutable, each, 'v1')
    expect((await mutable.pullManifest('v1'))?.digest).toBe(other.digest)
    const fixed = await createRepository(account, 'fixed', { imageTagMutability: 'IMMUTABLE' })
    await pushSmallImage(fixed, image, 'v1')
    await expect(pushSmallImage(fixed, other, 'v1')).rejects.toThrow(
      "400 TAG_INVALID: The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the tag is immutable.",
    )
    // The client takes this refusal for what it is worth, so ask without it.
    const headers = { 'content-type': manifestType }
    const again = await (await makeSend(account, 'fixed'))('PUT', 'manifests/v1', {
      headers,
      body: image.manifest,
    })
    expect(again.status).toBe(400)
    await pushSmallImage(fixed, other, 'v2')
  })

  it('moves an immutable tag only where a filter excepts it', async () => {
    const account = contractAccount()
    const repository = await createRepository(account, 'excepted', {
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'latest*' }],
    })
    const [image, other] = [makeSmallImage('one'), makeSmallImage('two')]
    for (const tag of ['latest-1', 'v1']) await pushSmallImage(repository, image, tag)
    await pushSmallImage(repository, other, 'latest-1')
    await expect(pushSmallImage(repository, other, 'v1')).rejects.toThrow('TAG_INVALID')
    const repositoryName = 'excepted'
    const mutable = new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'MUTABLE' })
    await new ECRClient(account.config).send(mutable)
    await pushSmallImage(repository, other, 'v1')
  })

  it('has its tags listed in pages', async () => {
    const account = contractAccount()
    const repository = await createRepository(account, 'tagged')
    for (const tag of ['c', 'a', 'b']) await pushSmallImage(repository, makeSmallImage(tag), tag)
    const send = await makeSend(account, 'tagged')
    const first = await send('GET', 'tags/list?n=2')
    expect(await first.json()).toEqual({ name: 'tagged', tags: ['a', 'b'] })
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    expect(await (await send('GET', next)).json()).toEqual({ name: 'tagged', tags: ['c'] })
    expect((await readError(await send('GET', 'tags/list?n=0')))[1]).toBe('PAGINATION_NUMBER_INVALID')
  })

  it('is kept in repositories of any name, also one that is a word of the protocol', async () => {
    const account = contractAccount()
    for (const name of ['blobs', 'team/manifests', 'uploads/tags']) {
      const repository = await createRepository(account, name)
      await pushSmallImage(repository, makeSmallImage(name), 'v1')
      expect((await repository.pullManifest('v1'))?.digest).toBe(makeSmallImage(name).digest)
      const tags = await (await makeSend(account, name))('GET', 'tags/list')
      expect(await tags.json()).toEqual({ name, tags: ['v1'] })
    }
  })
})

function residentMebibytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

it.runIf(isLocal && globSync('/proc/self/status').length > 0)(
  'takes 1 GiB without growing by more than 200 MB',
  async () => {
    const aws = await startLocalAws()
    try {
      const account = localAws(aws.endpoint)
      await createRepository(account, 'large')
      const repository = await openEcrRepository(account.config, 'large')
      const before = residentMebibytes(aws.pid)
      const meter = new DigestCounter()
      await repository.upload(meter.pass(pieces(1024)), () => meter.finish().digest)
      expect(await repository.hasBlob(meter.finish().digest)).toBe(true)
      expect(residentMebibytes(aws.pid) - before).toBeLessThan(200)
    } finally {
      await aws.stop()
    }
  },
)
