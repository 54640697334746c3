import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { makeEcr } from '../../../lib/aws/ecr.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Starts a server that answers each call of ECR's API with the same status and JSON. */
async function start(status: number, answer: object) {
  const calls: string[] = []
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    calls.push(String(request.headers['x-amz-target']).split('.')[1] ?? '')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const address = server.address()
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const retries = { maxAttempts: 1, retryMode: 'standard' } as const
  const config = { region: 'eu-west-1', ...retries, endpoint, credentials }
  return { calls, bodies, scans: makeEcr(config) }
}

const status = (name: string, description?: string) => ({ imageScanStatus: { status: name, description } })
const image = { repositoryName: 'app', imageId: { imageDigest: 'sha256:a' } }
const counts = { imageScanFindings: { findingSeverityCounts: { HIGH: 2 } } }

describe('describeScan', () => {
  it.each([
    [
      { ...status('COMPLETE'), ...counts },
      { kind: 'complete', counts: { HIGH: 2 } },
    ],
    [
      { ...status('ACTIVE'), ...counts },
      { kind: 'complete', counts: { HIGH: 2 } },
    ],
    [status('COMPLETE'), { kind: 'complete', counts: {} }],
    [status('PENDING'), { kind: 'running' }],
    [status('IN_PROGRESS'), { kind: 'running' }],
    [{}, { kind: 'running' }],
    [status('UNSUPPORTED_IMAGE', 'no base'), { kind: 'failed', reason: 'UNSUPPORTED_IMAGE: no base' }],
    [status('FAILED'), { kind: 'failed', reason: 'FAILED' }],
  ])('reads %o', async (answer, scan) => {
    const { bodies, scans } = await start(200, answer)
    expect(await scans.describeScan('app', 'sha256:a')).toEqual(scan)
    expect(bodies).toEqual([image])
  })

  it('tells that there is no scan, and names the permission that is missing', async () => {
    const none = await start(400, { __type: 'ScanNotFoundException', message: 'none' })
    expect(await none.scans.describeScan('app', 'sha256:a')).toEqual({ kind: 'none' })
    const denied = await start(400, { __type: 'AccessDeniedException', message: 'denied' })
    await expect(denied.scans.describeScan('app', 'sha256:a')).rejects.toThrow(
      'ecr:DescribeImageScanFindings',
    )
  })
})

describe('startScan', () => {
  it.each([
    ['was made within the day', 'LimitExceededException'],
    ['is made by enhanced scanning', 'ValidationException'],
  ])('takes a scan that %s for started', async (_name, type) => {
    const { calls, bodies, scans } = await start(400, { __type: type, message: 'This feature is disabled' })
    await scans.startScan('app', 'sha256:a')
    expect(calls).toEqual(['StartImageScan'])
    expect(bodies).toEqual([image])
  })

  it('names the permission that is missing', async () => {
    const { scans } = await start(400, { __type: 'AccessDeniedException', message: 'denied' })
    await expect(scans.startScan('app', 'sha256:a')).rejects.toThrow('ecr:StartImageScan')
  })
})
