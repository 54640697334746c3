import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readBytes } from '../../../lib/archive/byte-source.ts'
import { openObjectSource } from '../../../lib/aws/s3-archive-source.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** Opens an object of a server that answers HEAD with 1,000 bytes, and GET as it is told. */
async function openAt(get: RequestListener, headStatus = 200) {
  const server = createServer((request, response) => {
    if (request.method !== 'HEAD') return get(request, response)
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
  return await openObjectSource(config, 's3://bucket/app.tar')
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
