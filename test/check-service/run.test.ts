import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { send } from '../../actions/check-service/connect.ts'
import type { CheckContext } from '../../actions/check-service/context.ts'
import { run as runCheck } from '../../actions/check-service/run.ts'
import type { ServiceStatus } from '../../lib/aws/evidence/status.ts'
import { type InferenceApi, type ServiceFault, startInferenceApi } from '../fakes/inference-api.ts'
import { makeContext } from '../fixtures/context.ts'

let api: InferenceApi
afterEach(() => api.close())

const noFiles = {
  connectAws: () => expect.fail('AWS is not to be asked'),
  readBytes: () => Buffer.alloc(0),
  writeFiles: () => [],
  upload: undefined,
}

/** What AWS tells: a container that is out of memory. */
const explain = (cluster: string, service: string) => ({
  ...{ cluster, service, desired: 1, running: 0, pending: 0, events: [], deployment: undefined, targets: [] },
  ...{ groups: [], needsGpu: true, gpuQuota: undefined, unread: ['targets: denied'] },
  stoppedTasks: [
    {
      ...{ id: 't1', code: 'EssentialContainerExited', reason: 'Essential container in task exited' },
      containers: [
        {
          ...{ name: 'triton', image: 'i', exitCode: 137, reason: 'OutOfMemoryError' },
          isUnhealthy: false,
          logLines: [],
        },
      ],
    },
  ],
})

/** Inputs of a check that asks for little besides. */
const short = { inference: 'sync', refusals: 'false' }

/** How the service stands. */
const status: ServiceStatus = {
  ...{ desired: 2, running: 1, pending: 1, unread: ['log: denied', 'targets: denied'] },
  tasks: [
    {
      ...{ id: 't2', status: 'RUNNING', health: 'HEALTHY', revision: 'ddn:7' },
      startedAt: Date.parse('2026-11-23T19:55:59Z'),
    },
  ],
  targets: [
    { target: '10.0.0.1:50101', state: 'healthy', reason: '', description: '' },
    {
      ...{ target: '10.0.0.2:50101', state: 'initial', reason: 'Elb.RegistrationInProgress' },
      description: 'Target registration is in progress',
    },
  ],
  activities: [
    { at: 0, status: 'Successful', description: 'Setting desired count to 2.', cause: 'alarm|up' },
  ],
  logs: [{ container: 'triton', lines: ['model denoiser is READY', '</details>'] }],
}

/** Checks a service as alice; gives the outcome, the checks by name and what was written. */
async function check(
  options: Parameters<typeof startInferenceApi>[0] = {},
  given: Record<string, string> = {},
) {
  api = await startInferenceApi(options)
  const context = makeContext()
  const written = new Map<string, Uint8Array>()
  const uploads: string[] = []
  const inputs = { url: api.url, 'api-key': 'alice-key', 'timeout-minutes': '1', ...given }
  const masked: string[] = []
  const outcome = await runCheck({
    ...context,
    inputs,
    log: { ...context.log, mask: (secret) => masked.push(secret) },
    send: (request) => send(request, context.signal),
    connectAws: () => ({
      describePlace: async () => ({ account: '111122223333', region: 'ap-northeast-2' }),
      status: { read: async () => status },
      evidence: { read: async (cluster, service) => explain(cluster, service) },
    }),
    readBytes: (path) => expect.fail(`${path}: not to be read`),
    writeFiles: (folder, files) => {
      for (const [name, content] of files) written.set(`${folder}/${name}`, content)
      return [...files.keys()].map((name) => `${folder}/${name}`)
    },
    upload: async (name) => void uploads.push(name),
  } satisfies CheckContext)
  const checks = Object(outcome.report).checks as { name: string; status: string; detail: string }[]
  const statusOf = Object.fromEntries((checks ?? []).map(({ name, status }) => [name, status]))
  return { outcome, checks, statusOf, written, uploads, masked }
}

describe('a service that works', () => {
  it('is healthy: every check holds, and pictures, calls and times are reported', async () => {
    const { outcome, statusOf, written, uploads, masked } = await check()
    expect(outcome.failure).toBeUndefined()
    expect(outcome.outputs.result).toBe('healthy')
    expect(Object.values(statusOf)).toEqual(Array(8).fill('ok'))
    expect([...written.keys()]).toEqual(
      ['before.png', 'after-sync.png', 'after-async.png'].map((name) => `check-service/${name}`),
    )
    expect(uploads).toEqual(['check-service'])
    expect(masked).toEqual(['alice-key'])
    const { calls } = Object(outcome.report)
    expect(calls).toContainEqual({
      step: 'inference',
      route: 'POST /inference',
      status: 202,
      milliseconds: 0,
    })
    expect(calls.map(({ route }: { route: string }) => route)).toEqual(api.asked)
    expect(outcome.summary.markdown).toContain('8 of 8 checks hold')
    expect(outcome.summary.markdown).toMatch(
      /Pictures before and after: `[^`]*before\.png`, `.*after-sync\.png`/,
    )
  })

  it('that just starts is waited for', async () => {
    const { outcome, statusOf } = await check({ starting: 3 })
    expect(outcome.outputs.result).toBe('healthy')
    expect(Object.values(statusOf)).toEqual(Array(8).fill('ok'))
    expect(outcome.summary.markdown).toMatch(/\| ping \| 200 \| 5 \|/)
  })

  it('is shown as AWS has it, where the inputs name it: counts first, log lines folded', async () => {
    const { outcome } = await check({}, { cluster: 'ddn-ecs-cluster', service: 'ddn-ecs-service' })
    const { markdown } = outcome.summary
    const shown = markdown.slice(markdown.indexOf('**The service**'))
    expect(shown.split('\n').filter((line) => !/^(\| -|$)/.test(line))).toEqual([
      '**The service**: 1 of 2 tasks run, 1 pending; 1 of 2 targets are healthy.',
      '| task | status | health | started | revision |',
      '| t2 | RUNNING | HEALTHY | 2026-11-24 04:55 Asia/Seoul (2026-11-23 19:55 UTC) | ddn:7 |',
      '| target | state | reason |',
      '| 10.0.0.1:50101 | healthy |  |',
      '| 10.0.0.2:50101 | initial | Target registration is in progress |',
      '| scaling activity | status | what | why |',
      '| 1970-01-01 09:00 Asia/Seoul (00:00 UTC) | Successful | Setting desired count to 2. | alarm&vert;up |',
      '<details><summary>Last log lines of triton</summary>',
      ...['```', 'model denoiser is READY', '</details>', '```', '</details>'],
      ...['Not read:', '- log: denied', '- targets: denied'],
    ])
    expect(Object(outcome.report)).toMatchObject({ service: { running: 1 }, diagnosis: undefined })
  })

  it.each([
    [{}, 'denoiser 2'],
    [{ models: 'denoiser' }, 'denoiser'],
  ])('has a Triton that is waited for, and its models are named: %j', async (models, detail) => {
    const { outcome, checks } = await check({}, { triton: '/triton', ...short, ...models })
    expect(outcome.failure).toBeUndefined()
    expect(checks.slice(2, 4)).toEqual([
      { name: 'Triton is ready', status: 'ok', detail: '200' },
      { name: "Triton's models are ready", status: 'ok', detail },
    ])
  })

  it('is checked with the key of another user, and with none', async () => {
    expect((await check({}, { 'other-api-key': 'bob-key' })).outcome.outputs.result).toBe('healthy')
    api.close()
    const open = await check({ faults: ['open'] }, { 'api-key': '' })
    expect(open.outcome.failure).toBeUndefined()
    expect(Object.keys(open.statusOf)).toHaveLength(6)
  })
})

describe('a service that does not work', () => {
  const inferences = ['a picture is inferred', 'a picture is inferred by a 202']
  it.each<[ServiceFault, string[], string]>([
    ['same-picture', inferences, 'expected other pixels than those that were sent'],
    ['other-size', inferences, 'expected a result of 96 x 96 pixels, got 97 x 96'],
    ['no-result', inferences, 'expected the key of the result at "file" of the answer, got none'],
    ['no-json', inferences, 'inference: expected an answer in JSON'],
    ['failing-202', ['a picture is inferred by a 202'], 'ended with an error: {"code":"busy"}'],
    ['any-signature', ['a tampered URL is refused', 'an expired URL is refused'], 'got 200'],
    [
      'long-life',
      ['an expired URL is refused'],
      'expected a URL that is valid for at most 60 minutes, got 10080',
    ],
    ['foreign-files', ["another user's file is refused"], 'expected a refusal (400, 401 or 403), got 200'],
    ['open', ['a call without a key is refused'], 'expected a refusal (400, 401 or 403), got 200'],
  ])('is unhealthy: %s', async (fault, names, message) => {
    const { outcome, checks } = await check({ faults: [fault] })
    expect(outcome.outputs.result).toBe('unhealthy')
    expect(checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual(names)
    expect(outcome.failure).toContain(message)
  })

  it.each<[ServiceFault[], string, string]>([
    [['model-failed'], '', 'expected them ready, got scaler 1: UNAVAILABLE (no such file)'],
    [['no-models'], '', 'expected one that is ready, got none'],
    [[], 'denoiser, scaler', 'expected them ready, got scaler: 400'],
  ])('is unhealthy where a model is not ready: %j %s', async (faults, models, message) => {
    const { outcome, statusOf } = await check({ faults }, { triton: '/triton', models, ...short })
    expect(outcome.failure).toBe(`Triton's models are ready: models: ${message}`)
    expect(statusOf).toMatchObject({ 'Triton is ready': 'ok', 'a picture is inferred': 'ok' })
  })

  it('whose Triton does not become ready ends at the deadline, and has no models to ask for', async () => {
    const { outcome, statusOf } = await check({ faults: ['loading'] }, { triton: '/triton', ...short })
    expect(outcome.outputs.result).toBe('timeout')
    expect(statusOf).toMatchObject({ 'Triton is ready': 'timeout', "Triton's models are ready": 'skipped' })
  })

  it.each([
    [
      'that never starts',
      { starting: Number.POSITIVE_INFINITY },
      'got 503: "{"message":"no healthy target"}"',
    ],
    [
      'whose 202 gives neither result nor error',
      { faults: ['silent-202' as const] },
      'of the 202: not settled after',
    ],
  ])('%s ends at the deadline', async (_, options, message) => {
    const { outcome } = await check(options)
    expect(outcome.outputs.result).toBe('timeout')
    expect(outcome.failure).toContain(message)
  })

  it('is explained by what AWS says of it, where the inputs name it', async () => {
    const target = { cluster: 'ddn-ecs-cluster', service: 'ddn-ecs-service' }
    const { outcome } = await check({ starting: Number.POSITIVE_INFINITY }, target)
    expect(outcome.failure).toMatch(/^\/ping answers: .*; .*triton/)
    const { markdown } = outcome.summary
    expect(markdown).toContain('| container triton | was killed')
    expect(markdown.match(/targets: denied/g)).toHaveLength(1)
    expect(markdown).toContain('- log: denied')
    api.close()
    const unnamed = await check({ starting: Number.POSITIVE_INFINITY })
    expect(unnamed.outcome.failure).not.toContain('triton')
  })

  it('is not asked further where a ping fails', async () => {
    const { statusOf } = await check({ faults: ['redirect'] })
    expect(Object.values(statusOf)).toEqual(['failed', ...Array(7).fill('skipped')])
    expect(api.asked).toEqual(['GET /ping'])
  })

  it('that nobody listens for is told without what the URL may hold', async () => {
    const gone = await startInferenceApi()
    gone.close()
    const { outcome } = await check({}, { url: gone.url })
    expect(outcome.failure).toMatch(/ping: GET http:\/\/127\.0\.0\.1:\d+\/ping: no answer \(.*ECONNREFUSED/)
  })
})

it('a cancel ends the check while the service is silent', async () => {
  api = await startInferenceApi()
  const silent = createServer(() => cancel.abort(new Error('cancelled')))
  const cancel = new AbortController()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${Object(silent.address()).port}`
  const context = { ...makeContext(), signal: cancel.signal, inputs: { url } }
  const run = runCheck({ ...context, ...noFiles, send: (request) => send(request, cancel.signal) })
  await expect(run).rejects.toThrow('cancelled')
  silent.closeAllConnections()
  silent.close()
})

describe('a service that is named by its ARN', () => {
  const arn = (place: string) => `arn:aws:ecs:${place}:service/c/app`
  const ours = 'ap-northeast-2:111122223333'

  it.each([['ap-northeast-2:999999999999'], ['us-east-1:111122223333']])(
    'of %s is refused before the API is called, also in a dry run',
    async (place) => {
      for (const dry of ['false', 'true']) {
        const run = check({}, { ...short, cluster: 'c', service: arn(place), 'dry-run': dry })
        await expect(run).rejects.toThrow(
          `"${arn(place)}": expected an ARN of ap-northeast-2 and the account 111122223333; use`,
        )
        expect(api.asked).toEqual([])
        api.close()
      }
    },
  )

  it('of here is shown', async () => {
    const { outcome } = await check({}, { ...short, cluster: 'c', service: arn(ours) })
    expect(outcome.summary.markdown).toContain('**The service**: 1 of 2 tasks run')
  })

  it('is not asked for without credentials, and the check goes on', async () => {
    api = await startInferenceApi()
    const context = makeContext()
    const inputs = { url: api.url, ...short, cluster: 'c', service: arn(ours), 'timeout-minutes': '1' }
    const connectAws = () => {
      throw new Error('no credentials')
    }
    const sendHere = (request: Parameters<CheckContext['send']>[0]) => send(request, context.signal)
    const outcome = await runCheck({ ...context, ...noFiles, inputs, connectAws, send: sendHere })
    expect(outcome.outputs.result).toMatch(/healthy/)
    expect(outcome.report).toMatchObject({ service: undefined })
  })
})

it('a dry run calls nothing', async () => {
  const { outcome } = await check({}, { 'dry-run': 'true' })
  expect(outcome.outputs.result).toBe('planned')
  expect(api.asked).toEqual([])
})
