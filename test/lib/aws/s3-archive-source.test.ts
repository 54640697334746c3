import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readBytes } from '../../../lib/archive/byte-source.ts'
import { openObjectSource, parseObjectLocation } from '../../../lib/aws/s3-archive-source.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** Opens an object of a server that answers HEAD with 1,000 bytes, and GET as it is told. */
async function openAt(get: RequestListener, headStatus = 200, location = 's3://bucket/app.tar') {
  const server = createServer((request, response) => {
    if (request.method !== 'HEAD' || /^\/bucket\/?$/.test(request.url ?? '')) return get(request, response)
    response.writeHead(headStatus, { 'content-length': 1000, etag: '"e"' }).end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const config = {
    region: 'ap-northeast-2',
    maxAttempts: 1,
    retryMode: 'standard' as const,
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  }
  return await openObjectSource(config, location)
}

describe('an object', () => {
  it('is asked for by ranges that are pinned to its ETag, and again where an answer breaks off', async () => {
    const asked: unknown[] = []
    const source = await openAt((request, response) => {
      asked.push([request.headers.range, request.headers['if-match']])
      response.writeHead(206, { 'content-length': 1000, etag: '"e"' })
      if (asked.length === 1) response.write('half', () => response.destroy())
      else response.end('x'.repeat(1000))
    })
    expect((await readBytes(source, 0, 3)).toString()).toBe('xxx')
    expect(asked).toEqual(Array(2).fill(['bytes=0-999', '"e"']))
    await source.close()
  })

  it('whose answers always break off fails after five requests', async () => {
    let requests = 0
    const source = await openAt((_, response) => {
      requests += 1
      response.writeHead(206, { 'content-length': 1000, etag: '"e"' })
      response.write('half', () => response.destroy())
    })
    await expect(readBytes(source, 0, 3)).rejects.toThrow(/^s3:\/\/bucket\/app\.tar: offset 0: /)
    expect(requests).toBe(5)
    await source.close()
  })

  it('that may not be read is refused, and the permission named', async () => {
    const refused = openAt((_, response) => response.end(), 403)
    await expect(refused).rejects.toThrow(
      's3:GetObject: denied for s3://bucket/app.tar; give the role s3:GetObject, and s3:ListBucket to see',
    )
    const source = await openAt((_, response) => {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>no kms:Decrypt</Message></Error>')
    })
    await expect(readBytes(source, 0, 3)).rejects.toThrow('no kms:Decrypt')
    await source.close()
  })

  it.each([
    ['replaced', 412, 'the object was replaced while it was read; run the push again'],
    ['deleted', 404, 'the object was deleted while it was read; run the push again'],
  ])('that was %s meanwhile is refused', async (_, status, sentence) => {
    const source = await openAt((_request, response) => response.writeHead(status).end())
    await expect(readBytes(source, 0, 3)).rejects.toThrow(`archive: s3://bucket/app.tar: ${sentence}`)
    await source.close()
  })

  it('of which a range is shorter than was asked for is asked for again', async () => {
    let requests = 0
    const source = await openAt((_, response) => {
      requests += 1
      response.writeHead(206, { etag: '"e"' }).end('x'.repeat(requests === 1 ? 999 : 1000))
    })
    expect(await readBytes(source, 0, 10)).toHaveLength(10)
    expect(requests).toBe(2)
    await source.close()
  })

  it('that fails in another way is asked for once', async () => {
    let requests = 0
    const source = await openAt((_, response) => {
      requests += 1
      response.writeHead(400).end('<Error><Code>InvalidRequest</Code><Message>why</Message></Error>')
    })
    await expect(readBytes(source, 0, 3)).rejects.toThrow('s3:GetObject bucket/app.tar: InvalidRequest: why')
    expect(requests).toBe(1)
    await source.close()
  })

  const versioned = 's3://bucket/app.tar?versionId=v1'
  it.each([
    [404, 200, 's3://bucket/app.tar', 'the object does not exist'],
    [404, 403, versioned, 'the version "v1" of the object does not exist'],
    [404, 404, versioned, 'the bucket "bucket" does not exist'],
    [400, 200, versioned, 'expected a version\'s id, got "v1"'],
  ])(
    'that is not there is refused: %i, its bucket %i, %s',
    async (status, bucketStatus, location, sentence) => {
      const opened = openAt((_, response) => response.writeHead(bucketStatus).end(), status, location)
      await expect(opened).rejects.toThrow(`archive: s3://bucket/app.tar: ${sentence}`)
    },
  )

  it.each([
    ['s3://b/k', ['b', 'k', undefined]],
    ['s3://b/folder/k?versionId=a.b', ['b', 'folder/k', 'a.b']],
    ['s3://b/k?versionId=', ['b', 'k?versionId=', undefined]],
  ])('has a location such as %s', (location, [Bucket, Key, VersionId]) => {
    expect(parseObjectLocation(location)).toEqual({ Bucket, Key, VersionId })
  })

  it.each(['s3://b', 's3://b/', 's3://b/folder/', 's3:///k', 'x s3://b/k'])(
    'has no location %s',
    (location) => {
      expect(() => parseObjectLocation(location)).toThrow(
        `archive: expected a location such as s3://bucket/app.tar, got "${location}"`,
      )
    },
  )

  it('that is smaller than it was is refused', async () => {
    const source = await openAt((_, response) => {
      response.writeHead(416).end('<Error><Code>InvalidRange</Code></Error>')
    })
    await expect(readBytes(source, 998, 3)).rejects.toThrow(
      'offset 998: expected 3 bytes, the object ends at 1000',
    )
    await expect(readBytes(source, 0, 3)).rejects.toThrow(
      'archive: s3://bucket/app.tar: the object is smaller than when it was opened; run the push again',
    )
    await source.close()
  })
})
