import { expect, it } from 'vitest'
import { toolkitBucket } from '../../../../lib/aws/toolkit/bucket-name.ts'
import { makePauseStates } from '../../../../lib/aws/toolkit/pause-states.ts'
import { formatPauseState } from '../../../../lib/service/pause-state/format.ts'
import { newPauseState } from '../../../../lib/service/pause-state/state.ts'
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
it('is not looked for by a read: a state that is not there says enough', async () => {
  const { config, heads } = await startS3()
  const states = makePauseStates(config, bucket)
  for (const service of services) expect(await states.read('c', service)).toEqual({ kind: 'absent' })
  expect(heads()).toBe(0)
})

it('is created once, and known to be there then', async () => {
  const { config, heads, creations, reads } = await startS3()
  const states = makePauseStates(config, bucket)
  expect(await states.read('c', 'a')).toEqual({ kind: 'absent' })
  await Promise.all(services.map((service) => states.write(newPauseState('c', service), undefined)))
  const before = reads()
  await states.read('c', 'a')
  expect(reads()).toBe(before + 1)
  expect([heads(), creations()]).toEqual([1, 1])
})

it('is looked for again after a failure', async () => {
  const { config, heads } = await startS3({ failures: 1 })
  const states = makePauseStates(config, bucket)
  const write = (service: string) => states.write(newPauseState('c', service), undefined)
  await expect(write('a')).rejects.toThrow('s3:ListBucket')
  await write('a')
  await write('b')
  expect(heads()).toBe(2)
})

const state = newPauseState('c', 'a')
const text = formatPauseState(state)

it('reads a state again whose answer broke off', async () => {
  let answers = 0
  const { config } = await startAws(({ method }, response) => {
    if (method === 'HEAD') return response.writeHead(200).end()
    response.writeHead(200, { 'content-length': text.length, etag: '"e"' })
    answers += 1
    if (answers > 1) return response.end(text)
    return response.write(text.slice(0, 20), () => response.socket?.destroy())
  })
  expect(await makePauseStates(config, bucket).read('c', 'a')).toEqual({ kind: 'found', state, tag: '"e"' })
})

/** S3 that refuses every conditional write, and has this object. */
const refusing = async (held: string) =>
  await startAws(({ method, url }, response) => {
    if (method === 'HEAD') return response.writeHead(200).end()
    if (method === 'PUT') return sendXml(response, 412, '<Error><Code>PreconditionFailed</Code></Error>')
    if (/[?&]policy/.test(url)) return response.writeHead(200).end('{}')
    response.writeHead(200, { 'content-length': held.length, etag: '"now"' })
    return response.end(held)
  })

it('takes a write for its own whose answer was lost, and no other', async () => {
  const own = await refusing(text)
  expect(await makePauseStates(own.config, bucket).write(state, '"before"')).toBe('"now"')
  const others = await refusing(text.replace('"running"', '"paused"'))
  expect(await makePauseStates(others.config, bucket).write(state, '"before"')).toBeUndefined()
})

it('takes an object that is too large for a damaged state', async () => {
  const { config } = await refusing('x'.repeat(300_000))
  expect(await makePauseStates(config, bucket).read('c', 'a')).toMatchObject({ kind: 'damaged' })
})
