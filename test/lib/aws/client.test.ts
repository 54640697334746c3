import { DescribeServicesCommand, ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs'
import { HeadBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { forCleanUp, makeClient, readAwsConfig } from '../../../lib/aws/client.ts'
import { awsErrorDetail, awsErrorName, awsErrorStatus } from '../../../lib/aws/errors.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { UserError } from '../../../lib/errors.ts'
import { type Answer, sendJson, startAws } from '../../fixtures/aws-server.ts'

const command = new DescribeServicesCommand({ cluster: 'ddn', services: ['one', 'two'] })

/** Makes a call that fails, and returns its error. */
async function failCall(answer: Answer, settings: object = {}) {
  const { config, calls } = await startAws(answer)
  const client = makeClient(ECSClient, { ...config, ...settings })
  const error: unknown = await client.send(command).then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (!(error instanceof Error)) throw new Error('expected a failure')
  return { error, calls }
}

const refuse =
  (type: string, status = 400): Answer =>
  (_, response) =>
    sendJson(response, status, { __type: type, message: 'why' })

describe('an error of a call', () => {
  it('names operation and resource, and keeps the name, the text and the status of AWS', async () => {
    const { error } = await failCall(refuse('ClusterNotFoundException'))
    expect(error.message).toBe('ecs:DescribeServices ddn/one, two: ClusterNotFoundException: why')
    expect([awsErrorName(error), awsErrorDetail(error), awsErrorStatus(error)]).toEqual([
      'ClusterNotFoundException',
      'why',
      400,
    ])
  })

  it('is the mistake of a user where the call was denied', async () => {
    const { error } = await failCall(refuse('AccessDeniedException'))
    expect(error).toBeInstanceOf(UserError)
    expect(awsErrorName(error)).toBe('AccessDeniedException')
    expect(error.message).toBe(
      'ecs:DescribeServices: denied on ddn/one, two; give the role the permission ecs:DescribeServices, see docs/permissions.md (why)',
    )
  })

  it('says what to do with credentials that have ended', async () => {
    const { error } = await failCall(refuse('ExpiredTokenException'))
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toMatch(/^ecs:DescribeServices: the AWS credentials are not valid any more/)
  })

  it('is a denial where S3 answers a HEAD by 403, which has no body', async () => {
    const { config } = await startAws((_, response) => response.writeHead(403).end())
    const client = makeClient(S3Client, { ...config, forcePathStyle: true })
    const calls = [
      [new HeadBucketCommand({ Bucket: 'b' }), 's3:ListBucket: denied on b;'],
      [new HeadObjectCommand({ Bucket: 'b', Key: 'k' }), 's3:GetObject: denied on b/k;'],
      [
        new HeadObjectCommand({ Bucket: 'b', Key: 'k', VersionId: 'v' }),
        's3:GetObjectVersion: denied on b/k;',
      ],
    ] as const
    for (const [head, text] of calls) {
      // The union of commands is none that the client's types know.
      const error: unknown = await client.send(head as HeadObjectCommand).catch((failure: unknown) => failure)
      expect(error).toBeInstanceOf(UserError)
      expect(error).toHaveProperty(
        'message',
        expect.stringMatching(new RegExp(`^${text}.*, see docs/permissions.md$`)),
      )
    }
  })
})

const short = { connectionTimeout: 1_000, requestTimeout: 100, socketTimeout: 100 }

describe('a client', () => {
  it('is built once, when it is first used', async () => {
    let built = 0
    class Counted extends ECSClient {
      constructor(config: ECSClientConfig) {
        super(config)
        built += 1
      }
    }
    const { config } = await startAws((_, response) => sendJson(response, 200, { services: [] }))
    const client = makeClient(Counted, config)
    expect(built).toBe(0)
    for (const _ of [1, 2]) expect(await client.send(command)).toMatchObject({ services: [] })
    expect(built).toBe(1)
  })
})

describe('a call that gets no answer', () => {
  const silent: Answer = () => {}

  it('ends with the time-out, which is transient', async () => {
    const requestHandler = { throwOnRequestTimeout: true, ...short }
    const { error } = await failCall(silent, { requestHandler })
    expect(error.message).toMatch(
      /^ecs:DescribeServices ddn\/one, two: no answer in time; if that lasts, check the network/,
    )
    expect(isTransientAwsError(error)).toBe(true)
  })

  it.each([
    ['one try', { tryMs: 200, callMs: 60_000 }],
    ['all tries', { tryMs: 60_000, callMs: 200 }],
  ])('ends with the time of %s, although a byte comes now and then', async (_, limits) => {
    const { error } = await failCall(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        const drip = setInterval(() => response.write(' '), 20)
        response.once('close', () => clearInterval(drip))
      },
      { limits },
    )
    expect(isTransientAwsError(error)).toBe(true)
  })

  it('ends when the time of the run ends, and names itself', async () => {
    const { error, calls } = await failCall(silent, { endsAt: Date.now() + 100 })
    expect(error.message).toBe('ecs:DescribeServices ddn/one, two: the time of the run is over')
    expect(calls).toHaveLength(1)
  })

  it('ends at once where the time of the run is over, unless it cleans up', async () => {
    const { config } = await startAws((_, response) => sendJson(response, 200, { services: [] }))
    const over = { ...config, endsAt: Date.now() - 1000 }
    await expect(makeClient(ECSClient, over).send(command)).rejects.toThrow(': the time of the run is over')
    expect(await makeClient(ECSClient, forCleanUp(over)).send(command)).toMatchObject({ services: [] })
  })

  it('is tried again where one try ends before the answer begins', async () => {
    const requestHandler = {
      throwOnRequestTimeout: true,
      ...short,
      requestTimeout: 60_000,
      socketTimeout: 60_000,
    }
    const limits = { tryMs: 100, callMs: 60_000 }
    const { error, calls } = await failCall(silent, { requestHandler, limits, maxAttempts: 2 })
    expect([calls.length, isTransientAwsError(error)]).toEqual([2, true])
  })

  it('has more time for what it sends', async () => {
    const { config, calls } = await startAws((_, response) => response.writeHead(200).end())
    const limits = { tryMs: 1, callMs: 1 }
    const client = makeClient(S3Client, { ...config, limits, forcePathStyle: true })
    // 10 s at the least rate.
    await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: Buffer.alloc(640_000) }))
    expect(calls[0]?.body).toHaveLength(640_000)
  })

  it('ends at once when its signal aborts', async () => {
    const abort = new AbortController()
    const { config } = await startAws(() => abort.abort(new Error('cancelled')))
    const requestHandler = { ...config.requestHandler, requestTimeout: 600_000, socketTimeout: 600_000 }
    const client = makeClient(ECSClient, { ...config, requestHandler, signal: abort.signal } as typeof config)
    await expect(client.send(command)).rejects.toThrow(/^cancelled$/)
  })

  it('ends at once between two tries, too', async () => {
    const abort = new AbortController()
    const { config, calls } = await startAws(refuse('ThrottlingException'))
    const client = makeClient(ECSClient, { ...config, maxAttempts: 50, signal: abort.signal })
    const cancel = () => abort.abort(new Error('cancelled'))
    client.middlewareStack.add((next) => (args) => next(args).finally(cancel), {
      step: 'finalizeRequest',
      priority: 'low',
    })
    await expect(client.send(command)).rejects.toThrow(/^cancelled$/)
    expect(calls).toHaveLength(1)
  })
})

describe('a failure', () => {
  it.each([
    ['throttling', refuse('ThrottlingException')],
    ['a fault of the server', refuse('ServerException', 500)],
    ['another operation on the same resource', refuse('UpdateInProgressException')],
    ['a connection that broke', (_, response) => response.socket?.destroy()],
    [
      'an answer that broke off',
      (_, response) =>
        response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy()),
    ],
    [
      'an answer that ends within',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"serv'),
    ],
  ] satisfies [string, Answer][])('that is %s is transient', async (_, answer) => {
    const { error } = await failCall(answer)
    expect(isTransientAwsError(error)).toBe(true)
  })

  it('that is of the connection says so, and what to check', async () => {
    const { error } = await failCall((_, response) => response.socket?.destroy())
    expect(error.message).toMatch(
      /^ecs:DescribeServices ddn\/one, two: connection failed \(.+\); if that lasts, check the network/,
    )
  })

  it.each(['ClusterNotFoundException', 'AccessDeniedException', 'InvalidParameterException'])(
    'that is %s is none',
    async (name) => {
      const { error } = await failCall(refuse(name))
      expect(isTransientAwsError(error)).toBe(false)
    },
  )
})

it('does not wait for an endpoint at which nothing listens', async () => {
  const { config } = await startAws(() => {})
  const client = makeClient(ECSClient, {
    ...config,
    endpoint: 'http://127.0.0.1:9',
    maxAttempts: 50,
  } as typeof config)
  const error: unknown = await client.send(command).catch((failure: unknown) => failure)
  expect(error).toHaveProperty('message', expect.stringMatching(/ECONNREFUSED.*; check AWS_ENDPOINT_URL$/))
  expect(isTransientAwsError(error)).toBe(false)
})

it('tries a throttled call again', async () => {
  const { config, calls } = await startAws((call, response, count) =>
    count < 2
      ? refuse('ThrottlingException')(call, response, count)
      : sendJson(response, 200, { services: [] }),
  )
  const client = makeClient(ECSClient, { ...config, maxAttempts: 2 })
  await client.send(command)
  expect(calls).toHaveLength(2)
})

describe('the configuration', () => {
  it('has an end for each call, and the signal of the run', () => {
    const { signal } = new AbortController()
    const config = readAwsConfig({ AWS_REGION: 'eusc-de-east-1' }, signal)
    expect(config).toMatchObject({ region: 'eusc-de-east-1', retryMode: 'adaptive', signal })
    expect(config.requestHandler).toMatchObject({
      throwOnRequestTimeout: true,
      connectionTimeout: 10_000,
      requestTimeout: 30_000,
      socketTimeout: 30_000,
    })
  })

  it.each([
    [{}, 'none'],
    [{ AWS_REGION: 'seoul' }, '"seoul"'],
  ])('refuses the environment %j', (env, got) => {
    expect(() => readAwsConfig(env)).toThrow(
      `AWS_REGION: expected a region such as ap-northeast-2, got ${got}`,
    )
  })
})
