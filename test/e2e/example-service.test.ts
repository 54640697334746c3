import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { crc32, deflateSync } from 'node:zlib'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installPackages } from '../../scripts/example-image/layers.ts'
import { python, root } from '../../scripts/local-aws-process.ts'
import { localAws } from '../local-aws.ts'

// The example service as a process of this machine, on the buckets of an account.
const account = localAws()
const s3 = new S3Client({ ...account.config, forcePathStyle: true })
const buckets = { input: `in-${account.account}`, output: `out-${account.account}` }
const protections: boolean[] = []
let service: ChildProcess
let url = ''

/** The part of the ECS agent that protects a task. */
const agent = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    protections.push(JSON.parse(Buffer.concat(pieces).toString()).ProtectionEnabled)
    response.end('{}')
  })
})

/** S3, but for keys that a policy denies: the answer to a HEAD has no body. */
const guardedS3 = createServer((incoming, outgoing) => {
  const { method, url = '/', headers } = incoming
  if (url.includes('/denied/')) {
    outgoing.writeHead(403).end()
    return
  }
  const inner = request(new URL(url, account.endpoint), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(inner)
})

/** Listens on a free port of this machine, and gives it. */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}

beforeAll(async () => {
  const CreateBucketConfiguration = { LocationConstraint: 'ap-northeast-2' } as const
  for (const Bucket of Object.values(buckets))
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
  const ports = [await freePort(), await freePort()]
  service = spawn(python, ['-m', 'ddn'], {
    env: {
      ...account.env,
      PYTHONPATH: `${installPackages(python)}:${join(root, 'example')}`,
      BIND_HOST: '127.0.0.1',
      FLASK_PORT: String(ports[0]),
      TRITON_HTTP_PORT: String(ports[1]),
      INPUT_BUCKET: buckets.input,
      OUTPUT_BUCKET: buckets.output,
      MODEL_PATH: join(root, 'example/model/denoiser.json'),
      MAX_BYTES: '200000',
      MAX_PIXELS: '65536',
      ECS_AGENT_URI: `http://127.0.0.1:${await listen(agent)}`,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${await listen(guardedS3)}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  url = `http://127.0.0.1:${ports[0]}`
  if (!service.stdout) throw new Error('expected an output of the service')
  for await (const line of createInterface(service.stdout)) if (line.startsWith('ddn: listening')) break
})

afterAll(async () => {
  service.kill('SIGTERM')
  await once(service, 'exit')
  agent.close()
  guardedS3.close()
})

/** A PNG of one colour: grey, or RGB for 3 channels. */
function makePng(width: number, height: number, channels: 1 | 3 = 1): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), content])
    const size = Buffer.alloc(4)
    size.writeUInt32BE(content.length)
    const check = Buffer.alloc(4)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([size, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8)
  const pixels = deflateSync(Buffer.alloc(height * (1 + width * channels)))
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

async function upload(key: string, content: Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: buckets.input, Key: key, Body: content }))
}

async function infer(body: unknown, headers: Record<string, string> = { 'x-ddn-user': 'alice' }) {
  const answer = await fetch(`${url}/inference`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: Object(await answer.json()) }
}

async function readResult(key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: buckets.output, Key: key }))
  return (await Body?.transformToString('latin1')) ?? ''
}

/** Polls for an object as a caller does who got 202. */
async function pollResult(key: string): Promise<string> {
  for (let looks = 0; ; looks++) {
    const found = await readResult(key).catch((error: unknown) => {
      if (Object(error).name !== 'NoSuchKey' || looks > 500) throw error
      return undefined
    })
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('an inference', () => {
  it.each([
    ['1 x 1', makePng(1, 1)],
    ['2 x 40, in colour', makePng(2, 40, 3)],
    ['64 x 64', makePng(64, 64)],
  ])('of a picture of %s has a result, with numbers for the noise', async (name, content) => {
    const key = `alice/${name}.png`
    await upload(key, content)
    const { status, body } = await infer({ file: key })
    expect([status, body]).toEqual([200, { file: key, noise: { before: 0, after: 0 } }])
    expect(await readResult(key)).toMatch(/^\x89PNG/)
  })

  it('gives two pictures that differ in their ending two results', async () => {
    await upload('alice/two.jpg', makePng(8, 8))
    expect((await infer({ file: 'alice/two.jpg' })).body.file).toBe('alice/two.jpg.png')
  })

  it.each([
    ['cut', makePng(64, 64).subarray(0, 60), 422, 'no-image'],
    ['text', Buffer.from('hello'), 422, 'no-image'],
    ['a broken PPM', Buffer.from('P6\n4294967295 4294967295\n255\n'), 422, 'too-large'],
    ['PostScript', Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n'), 422, 'no-image'],
    ['a small file of a huge picture', makePng(13_000, 13_000), 422, 'too-large'],
    ['too many bytes', Buffer.alloc(200_001), 413, 'too-large'],
  ])('of a file that is %s is refused', async (name, content, status, code) => {
    await upload(`alice/${name}`, content)
    const answer = await infer({ file: `alice/${name}` })
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it.each([
    ['a file that was not uploaded', { file: 'alice/none.png' }, 404, 'no-file'],
    ['a file that the role may not read', { file: 'alice/denied/a.png' }, 502, 'not-allowed'],
    ['a file of another user', { file: 'bob/a.png' }, 403, 'foreign-file'],
    ['a user whose name begins alike', { file: 'alice2/a.png' }, 403, 'foreign-file'],
    ['a way up', { file: 'alice/../bob/a.png' }, 400, 'bad-file'],
    ['a control character', { file: 'alice/a\0.png' }, 400, 'bad-file'],
    ['a lone surrogate', '{"file":"alice/\\ud800"}', 400, 'bad-file'],
    ['too long a key', { file: `alice/${'x'.repeat(1010)}` }, 400, 'bad-file'],
    ['a deep body', '['.repeat(60_000), 400, 'bad-file'],
    ['no body', '', 400, 'bad-file'],
  ])('is refused for %s', async (_, body, status, code) => {
    const answer = await infer(body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it.each([undefined, '', '..', '-', 'a/b'])('is open to nobody without a user, such as %s', async (user) => {
    await upload('alice/mine.png', makePng(8, 8))
    const answer = await infer({ file: 'alice/mine.png' }, user === undefined ? {} : { 'x-ddn-user': user })
    expect([answer.status, answer.body.code]).toEqual([403, 'no-user'])
  })
})

describe('an asynchronous inference', () => {
  const headers = { 'x-ddn-user': 'alice', prefer: 'respond-async' }

  it('answers 202 with the key of the result, which can be polled for, and protects the task meanwhile', async () => {
    await upload('alice/later.png', makePng(64, 64))
    const { status, body } = await infer({ file: 'alice/later.png' }, headers)
    expect([status, body]).toEqual([202, { file: 'alice/later.png', error: 'alice/later.png.error.json' }])
    expect(await pollResult('alice/later.png')).toMatch(/^\x89PNG/)
    await expect.poll(() => protections.slice(0, 2)).toEqual([true, false])
  })

  it('tells in an object why there is no result', async () => {
    await upload('alice/broken.png', Buffer.from('hello'))
    const { body } = await infer({ file: 'alice/broken.png' }, headers)
    expect(JSON.parse(await pollResult(body.error))).toMatchObject({ code: 'no-image' })
  })

  it('is refused at once for a file that was not uploaded', async () => {
    expect((await infer({ file: 'alice/none.png' }, headers)).status).toBe(404)
    expect((await infer({ file: 'alice/denied/a.png' }, headers)).body.code).toBe('not-allowed')
  })
})
