import { expect, it } from 'vitest'
import { makeStoredLock } from '../../../../lib/aws/toolkit/stored-lock.ts'
import { makeLock } from '../../../../lib/service/lock.ts'
import { sendXml, startAws } from '../../../fixtures/aws-server.ts'

const owned = { Bucket: 'toolkit', ExpectedBucketOwner: '111122223333' }
const lock = makeLock({ id: 'run-1', operation: 'close', runUrl: '', at: '2026-01-01T00:00:00Z' }, 0)

/** S3 with one object, which only a write with the right condition replaces; it may refuse all writes by an error. */
async function startLock({ refusal = '', size }: { refusal?: string; size?: number } = {}) {
  let text: string | undefined
  let version = 0
  const { config, calls } = await startAws(({ method, url, headers, body }, response) => {
    if (method === 'HEAD') return response.writeHead(200).end()
    if (!url.startsWith('/toolkit/bill.lock')) return response.writeHead(200).end()
    const tag = `"${version}"`
    if (method === 'GET' && text === undefined)
      return sendXml(response, 404, '<Error><Code>NoSuchKey</Code></Error>')
    if (method === 'GET') {
      const held = size === undefined ? text : text?.padEnd(size)
      return response.writeHead(200, { etag: tag, 'content-length': held?.length }).end(held)
    }
    const isAllowed = text === undefined ? headers['if-none-match'] === '*' : headers['if-match'] === tag
    if (refusal !== '') return sendXml(response, 409, `<Error><Code>${refusal}</Code></Error>`)
    if (!isAllowed) return sendXml(response, 412, '<Error><Code>PreconditionFailed</Code></Error>')
    text = body
    version += 1
    return response.writeHead(200, { etag: `"${version}"` }).end()
  })
  return { stored: makeStoredLock(config, async () => owned, 'bill.lock'), calls }
}

it('a lock is made only where there is none, and replaced only in the version that was read', async () => {
  const { stored, calls } = await startLock()
  expect(await stored.read()).toBeUndefined()
  expect(await stored.write(lock, undefined)).toBe('"1"')
  const other = { ...lock, owner: 'run-2' }
  expect(await stored.write(other, undefined)).toBeUndefined()
  expect(await stored.read()).toEqual({ lock, tag: '"1"' })
  expect(await stored.write(other, '"1"')).toBe('"2"')
  expect(await stored.write(lock, '"1"')).toBeUndefined()
  expect(await stored.read()).toEqual({ lock: other, tag: '"2"' })
  const ofObject = calls.filter(({ url }) => url.startsWith('/toolkit/bill.lock'))
  expect(new Set(ofObject.map(({ headers }) => headers['x-amz-expected-bucket-owner']))).toEqual(
    new Set(['111122223333']),
  )
})

it('a lock that is just being written by another run is not taken, and another failure is one', async () => {
  const { stored } = await startLock({ refusal: 'ConditionalRequestConflict' })
  expect(await stored.write(lock, undefined)).toBeUndefined()
  const failing = await startLock({ refusal: 'InvalidObjectState' })
  await expect(failing.stored.write(lock, undefined)).rejects.toThrow(
    's3:PutObject toolkit/bill.lock: InvalidObjectState',
  )
})

it.each([
  [256 * 1024, lock],
  [256 * 1024 + 1, undefined],
])('an object of %i bytes is read as %o', async (size, read) => {
  const { stored } = await startLock({ size })
  await stored.write(lock, undefined)
  expect(await stored.read()).toEqual({ lock: read, tag: '"1"' })
})
