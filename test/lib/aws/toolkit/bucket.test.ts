import { expect, it } from 'vitest'
import { makeToolkitAssets } from '../../../../lib/aws/toolkit/assets.ts'
import { toolkitBucket } from '../../../../lib/aws/toolkit/bucket.ts'
import { makeSavedStates } from '../../../../lib/aws/toolkit/saved-states.ts'
import { formatSavedState } from '../../../../lib/service/saved-state.ts'
import { sendXml, startAws } from '../../../fixtures/aws-server.ts'

const bucket = toolkitBucket('ddn', '111122223333', 'eu-west-1')

/** Starts S3 without the toolkit's bucket until it is created; the first answers to HEAD of the bucket may be 500. */
async function startS3({ failures = 0 } = {}) {
  let isThere = false
  let failuresLeft = failures
  const ofBucket = (url: string) => !/^\/[^/?]+\/[^?]/.test(url)
  const { calls, config } = await startAws(({ method, url }, response) => {
    if (method === 'PUT') {
      isThere = true
      return response.writeHead(200).end()
    }
    if (method !== 'HEAD') return sendXml(response, 404, '<Error><Code>NoSuchKey</Code></Error>')
    if (!ofBucket(url)) return response.writeHead(404).end()
    failuresLeft -= 1
    response.writeHead(failuresLeft >= 0 ? 500 : isThere ? 200 : 404).end()
  })
  const heads = () => calls.filter(({ method, url }) => method === 'HEAD' && ofBucket(url)).length
  const creations = () =>
    calls.filter(({ method, url }) => method === 'PUT' && ofBucket(url) && !url.includes('?')).length
  const reads = () => calls.filter(({ method, url }) => method === 'GET' && !ofBucket(url)).length
  return { config, heads, creations, reads }
}

const services = ['a', 'b', 'c']
const state = {
  ...{ version: 1 as const, cluster: 'c', savedAt: '2026-11-23T20:00:00.000Z', desired: 2 },
  ...{ bounds: undefined, groups: [] },
}

it('is looked for once by the reads of all services of a run', async () => {
  const { config, heads } = await startS3()
  const savedStates = makeSavedStates(config, bucket)
  await Promise.all(services.map((service) => savedStates.read('c', service)))
  await savedStates.read('c', 'd')
  expect(heads()).toBe(1)
})

it('is created once, and known to be there then', async () => {
  const { config, heads, creations, reads } = await startS3()
  const savedStates = makeSavedStates(config, bucket)
  expect(await savedStates.read('c', 'a')).toBeUndefined()
  await Promise.all(services.map((service) => savedStates.save({ ...state, service })))
  const before = reads()
  await savedStates.read('c', 'a')
  expect(reads()).toBe(before + 1)
  expect([heads(), creations()]).toEqual([2, 1])
})

it('is looked for again after a failure', async () => {
  const { config, heads } = await startS3({ failures: 1 })
  const assets = makeToolkitAssets(config, bucket)
  await expect(assets.isPaused('c', 'a')).rejects.toThrow('s3:ListBucket')
  expect(await assets.isPaused('c', 'a')).toBe(false)
  expect(await assets.isPaused('c', 'b')).toBe(false)
  expect(heads()).toBe(2)
})

it('reads a saved state on where an answer broke off', async () => {
  const text = formatSavedState({ ...state, service: 'a' })
  const { config, calls } = await startAws(({ method, headers }, response) => {
    if (method === 'HEAD') return response.writeHead(200).end()
    const rest = text.slice(Number(/\d+/.exec(headers.range ?? '0')?.[0]))
    response.writeHead(200, { 'content-length': rest.length, etag: '"e"' })
    if (headers.range) return response.end(rest)
    return response.write(rest.slice(0, 20), () => response.socket?.destroy())
  })
  expect(await makeSavedStates(config, bucket).read('c', 'a')).toEqual({ ...state, service: 'a' })
  expect(calls.map(({ headers }) => headers.range)).toEqual([undefined, undefined, 'bytes=20-'])
})
