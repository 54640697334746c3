import { describe, expect, it } from 'vitest'
import { run } from '../../actions/pause-resume/run.ts'
import { escapeMarkdown } from '../../lib/markdown.ts'
import { formatPauseState } from '../../lib/service/pause-state/format.ts'
import { newPauseState, type PauseState, pauseStateKey } from '../../lib/service/pause-state/state.ts'
import { fakeClock } from '../fakes/clock.ts'
import type { FakeCluster } from '../fakes/cluster/state.ts'
import type { Lag } from '../fakes/cluster/time.ts'
import {
  cutCaller,
  fakeCluster,
  makeSurroundings,
  settledGroup,
  settledService,
  snapshot,
} from '../fakes/cluster.ts'
import type { Caller, Cut } from '../fakes/cut.ts'
import { makeContext } from '../fixtures/context.ts'

const active = { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false }

const makeCluster = (): FakeCluster => ({
  services: new Map([
    [
      'web',
      settledService(2, {
        bounds: { min: 1, max: 4, suspended: active },
        groups: ['gpu'],
        targetGroups: ['tg-1', 'tg-2'],
      }),
    ],
    ['plain', settledService(1)],
  ]),
  groups: new Map([['gpu', settledGroup({ name: 'gpu', min: 1, desired: 2, max: 4 })]]),
  objects: new Map(),
  killed: 0,
})

let runs = 0

type Options = {
  cut?: Cut
  lag?: Partial<Lag>
  staleMs?: number
  /** What the ready URL answers, one after the other; the last one from then on. */
  statuses?: number[]
  inputs?: Record<string, string>
  onLine?: (line: string) => void
  signal?: AbortSignal
  /** How a look at the services fails, by its number from 1. */
  failLook?: (look: number) => Error | undefined
}

async function act(cluster: FakeCluster, operation: string, options: Options = {}) {
  const { cut, lag = {}, staleMs = 900, statuses = [200], inputs, onLine } = options
  const lines: string[] = []
  const info = (line: string) => {
    lines.push(line)
    onLine?.(line)
  }
  const answers = [...statuses]
  const asked: string[] = []
  const clock = fakeClock()
  let looks = 0
  const connect = async () => {
    const made = fakeCluster(cluster, {
      around: makeSurroundings({ lag, clock, staleMs }),
      call: cutCaller(cut),
    })
    const describeServices: typeof made.ecs.describeServices = async (...services) => {
      const failure = options.failLook?.(++looks)
      if (failure) throw failure
      return await made.ecs.describeServices(...services)
    }
    return { ...made, ecs: { ...made.ecs, describeServices } }
  }
  const outcome = await run({
    ...makeContext(),
    makeId: () => `run ${++runs}`,
    inputs: { operation, cluster: 'c', services: 'all', ...inputs },
    log: { info, warning: info, mask: () => {} },
    ...(options.signal && { signal: options.signal }),
    clock,
    connect,
    ask: async (url) => {
      asked.push(url)
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? 0
    },
  })
  return { ...outcome, summary: outcome.summary.markdown, lines, asked, endedAt: clock.now() }
}

const pausedBounds = {
  min: 0,
  max: 0,
  suspended: { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true },
}

it('brings everything to zero, and back to exactly what it was', async () => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  expect((await act(cluster, 'pause')).outputs.result).toBe('paused')
  expect([...cluster.services.values()].map(({ desired }) => desired)).toEqual([0, 0])
  expect(cluster.services.get('web')?.bounds).toEqual(pausedBounds)
  expect(cluster.groups.get('gpu')).toEqual({ name: 'gpu', min: 0, max: 4, desired: 0, instances: 0 })
  expect((await act(cluster, 'pause')).outputs.result).toBe('already-paused')
  expect((await act(cluster, 'resume')).outputs.result).toBe('resumed')
  expect(snapshot(cluster)).toEqual(before)
  expect((await act(cluster, 'resume')).outputs.result).toBe('already-running')
})

it('tells the ledger nothing again of a service that was as wished before', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause', { inputs: { services: 'web' } })
  expect((await act(cluster, 'pause')).outputs.result).toBe('paused')
  expect(toldOf(cluster)).toEqual(['pause-plain', 'pause-web'])
})

const cutsOf = (writes: number) =>
  Array.from({ length: writes }, (_, after) => after).flatMap((after) => [
    { after, carriedOut: false },
    { after, carriedOut: true },
  ])

/** Names what the ledger was told of: each pause and resume of a service once, wherever a run was cut. */
const toldOf = ({ objects }: FakeCluster) =>
  [...objects.keys()].flatMap((key) => /^ledger\/c\/[^Z]*Z-(.*)\.json$/.exec(key)?.[1] ?? []).sort()

it.each(cutsOf(12))('goes on with a pause that was cut at a write: %j', async (cut) => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  await act(cluster, 'pause', { cut }).catch(String)
  await act(cluster, 'pause')
  expect(cluster.groups.get('gpu')?.instances).toBe(0)
  expect(cluster.killed).toBe(0)
  await act(cluster, 'resume')
  expect(snapshot(cluster)).toEqual(before)
  expect(toldOf(cluster)).toEqual(['pause-plain', 'pause-web', 'resume-plain', 'resume-web'])
})

it.each(cutsOf(13))('goes on with a resume that was cut at a write: %j', async (cut) => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  await act(cluster, 'pause')
  await act(cluster, 'resume', { cut }).catch(String)
  await act(cluster, 'resume')
  expect(snapshot(cluster)).toEqual(before)
  expect(toldOf(cluster)).toEqual(['pause-plain', 'pause-web', 'resume-plain', 'resume-web'])
})

it('takes the instances only when no task runs on them, and ends when they are gone', async () => {
  const cluster = makeCluster()
  const { summary } = await act(cluster, 'pause', { lag: { tasks: 20, instances: 20 } })
  expect(cluster.killed).toBe(0)
  expect(summary).toContain('; 0 instance(s).\n\n**Next**\n\n- resume with `operation: resume`')
  expect(summary).toContain('| web | paused | 0 of 0 |')
  expect(summary).toContain('| gpu | 0 | 0 | 0 |')
})

it('gives the scaling back only when all tasks run and are healthy in all target groups', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const seen: object[] = []
  const onLine = (line: string) => {
    const { running, healthy } = cluster.services.get('web') ?? {}
    if (line.endsWith('scaling partly suspended')) seen.push({ running, healthy })
  }
  await act(cluster, 'resume', { lag: { tasks: 20, targets: 20 }, onLine })
  expect(seen).toEqual([{ running: 2, healthy: 2 }])
})

it('waits for each service, also those without target groups', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const { outputs } = await act(cluster, 'resume', { lag: { tasks: 20 }, inputs: { services: 'plain' } })
  expect(JSON.parse(outputs.state ?? '')).toMatchObject([{ service: 'plain', status: 'running', running: 1 }])
})

it('asks the ready URL until it answers with success', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const inputs = { 'ready-url': 'https://x.example/ping' }
  const statuses = [0, 503, 199, 300, 404, 200]
  const { outputs, summary, endedAt } = await act(cluster, 'resume', { statuses, inputs })
  expect(outputs.result).toBe('resumed')
  // It was healthy at its first request, and ready at the last.
  expect(summary).toContain('| web |  |  | 4 s | 20 s |')
  expect(endedAt - fakeClock().now()).toBeGreaterThan(1000)
})

it.each([199, 300, 503, 0])('does not take %i of the ready URL for an answer', async (status) => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const inputs = { 'ready-url': 'https://x.example/ping' }
  expect((await act(cluster, 'resume', { statuses: [status], inputs })).outputs.result).toBe('timeout')
})

it('asks the ready URL only where one is given, and a service waits for it', async () => {
  const cluster = makeCluster()
  const url = 'https://x.example/ping'
  const inputs = { 'ready-url': url }
  expect((await act(cluster, 'pause')).asked).toEqual([])
  const { asked } = await act(cluster, 'resume', { statuses: [503, 200], inputs, lag: { tasks: 3 } })
  expect(asked).toEqual([url, url])
  expect((await act(cluster, 'resume', { inputs })).asked).toEqual([])
  await act(cluster, 'pause')
  expect((await act(cluster, 'resume')).asked).toEqual([])
})

const errorOf = (name: string) => Object.assign(new Error('why'), { name })

it('goes on where a look fails for a moment, and says so; ends where it fails for good', async () => {
  const cluster = makeCluster()
  const failLook = (error: Error) => (look: number) => (look === 3 ? error : undefined)
  const passing = await act(cluster, 'pause', { failLook: failLook(errorOf('ThrottlingException')) })
  expect(passing.outputs.result).toBe('paused')
  expect(passing.lines).toContain('c: cannot be seen for a moment: why')
  await act(cluster, 'resume')
  const lasting = act(cluster, 'pause', { failLook: failLook(errorOf('ClusterNotFoundException')) })
  await expect(lasting).rejects.toThrow('why')
})

const never = Number.POSITIVE_INFINITY

it.each([
  [
    ...(['pause', { tasks: never }, 'wait until the tasks of web are gone'] as const),
    'goes on in AWS: web goes from 2 to 0 task(s); still costs: gpu: 2 instance(s) of g4dn.xlarge, desired 2; 1.29 USD an hour; 2 task(s) stop, web: 2 task(s), desired 0',
  ],
  [
    ...(['pause', { instances: never }, 'wait until the instances of gpu are gone'] as const),
    'goes on in AWS: gpu goes from 2 to 0 instance(s); still costs: gpu: 2 instance(s) of g4dn.xlarge, desired 0; 1.29 USD an hour',
  ],
  [
    ...(['resume', { tasks: never }, 'wait until web runs 2 healthy task(s)'] as const),
    'still costs: gpu: 2 instance(s) of g4dn.xlarge, desired 2; 1.29 USD an hour; used by web, web: 2 task(s), desired 2',
  ],
  [
    ...(['resume', { targets: never }, 'wait until web runs 2 healthy task(s)'] as const),
    'still costs: gpu: 2 instance(s) of g4dn.xlarge, desired 2; 1.29 USD an hour; used by web, web: 2 task(s), desired 2',
  ],
])('says at the end of its time what %s waits for, with %j', async (operation, lag, what, rest) => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  if (operation === 'resume') await act(cluster, 'pause')
  const inputs = { services: 'web', 'timeout-minutes': '2' }
  const { outputs, failure, summary, endedAt } = await act(cluster, operation, { lag, inputs })
  expect(outputs.result).toBe('timeout')
  const sentence = `${what}: not done after 2 minute(s); run it again to go on`
  expect(failure).toBe(`${sentence}; ${rest}`)
  expect(summary).toContain(escapeMarkdown(sentence))
  expect(summary).toContain('## c: timeout')
  expect((endedAt - fakeClock().now()) / 1000).toBeGreaterThan(105)
  expect((endedAt - fakeClock().now()) / 1000).toBeLessThanOrEqual(120)
  await act(cluster, operation)
  await act(cluster, 'resume')
  expect(snapshot(cluster)).toEqual(before)
})

it('names at the end of its time only what is not done', async () => {
  const inputs = { 'timeout-minutes': '2' }
  const { failure } = await act(makeCluster(), 'pause', { lag: { instances: never }, inputs })
  expect(failure).toMatch(
    /^wait until the instances of gpu are gone: not done after 2 minute\(s\); run it again/,
  )
  expect(failure).not.toContain('plain')
})

it('brings all others to their end where AWS refuses one, and names that one', async () => {
  const cluster = makeCluster()
  const services = { ...makeContext(), makeId: () => `run ${++runs}` }
  const clock = fakeClock()
  const connect = async () => {
    const made = fakeCluster(cluster, { around: makeSurroundings({ clock }), call: cutCaller(undefined) })
    const setDesiredCount: typeof made.ecs.setDesiredCount = async (name, service, desired) => {
      if (service === 'web') throw new Error('denied')
      await made.ecs.setDesiredCount(name, service, desired)
    }
    return { ...made, ecs: { ...made.ecs, setDesiredCount } }
  }
  const inputs = { operation: 'pause', cluster: 'c', services: 'all' }
  const { outputs, failure } = await run({ ...services, clock, connect, inputs, ask: async () => 200 })
  expect([outputs.result, failure]).toEqual(['failed', expect.stringMatching(/^web: denied; /)])
  expect(cluster.services.get('plain')?.desired).toBe(0)
})

it('waits for nothing, where that is asked for', async () => {
  const cluster = makeCluster()
  const inputs = { wait: 'false', services: 'web' }
  const { outputs } = await act(cluster, 'pause', { lag: { instances: never }, inputs })
  expect(outputs.result).toBe('pausing')
  expect(cluster.groups.get('gpu')).toMatchObject({ desired: 0, instances: 2 })
  expect((await act(cluster, 'pause', { inputs: { services: 'web' } })).outputs.result).toBe('paused')
  const resumed = await act(cluster, 'resume', { lag: { tasks: never }, inputs })
  expect(resumed.outputs.result).toBe('resuming')
  expect(cluster.services.get('web')).toMatchObject({ desired: 2, running: 0, bounds: { suspended: active } })
})

it('stops before the next step at a cancel', async () => {
  const cluster = makeCluster()
  const abort = new AbortController()
  const onLine = (line: string) => {
    if (line.startsWith('set the scalable target')) abort.abort(new Error('cancelled'))
  }
  await expect(act(cluster, 'pause', { onLine, signal: abort.signal })).rejects.toThrow('cancelled')
  expect(cluster.services.get('web')?.bounds).toEqual(pausedBounds)
  expect(cluster.services.get('web')?.desired).toBe(0)
  expect(cluster.groups.get('gpu')?.desired).toBe(2)
})

it('leaves a group alone that another service needs', async () => {
  const cluster = makeCluster()
  cluster.services.set('other', settledService(1, { groups: ['gpu'] }))
  cluster.services.set('asleep', settledService(0, { groups: ['idle'] }))
  const { lines } = await act(cluster, 'pause', { inputs: { services: 'web' } })
  expect(cluster.groups.get('gpu')).toEqual({ name: 'gpu', min: 1, max: 4, desired: 2, instances: 2 })
  expect(cluster.services.get('other')?.desired).toBe(1)
  expect(lines).toContain('gpu stays as it is: other needs it')
  expect(lines.join('\n')).not.toContain('idle')
})

it('names an instance that no group has, which a pause of all services cannot end', async () => {
  const cluster = { ...makeCluster(), ungrouped: ['i-7'] }
  const { outputs, failure } = await act(cluster, 'pause')
  expect(outputs.result).toBe('failed')
  expect(failure).toBe(
    'i-7: runs on, since it is in no Auto Scaling group; stop it by hand; still costs: i-7: instance of g4dn.xlarge in no Auto Scaling group; 0.65 USD an hour; 0 task(s) on it',
  )
  expect((await act(cluster, 'pause', { inputs: { services: 'web' } })).outputs.result).toBe('already-paused')
})

it('takes no instance for one of no group that has ended, and that ECS still shows', async () => {
  let looks = 0
  const made = makeCluster()
  const cluster: FakeCluster = {
    ...made,
    get ungrouped() {
      if (made.groups.get('gpu')?.instances !== 0) return []
      looks += 1
      return looks < 20 ? ['i-7'] : []
    },
  }
  const { outputs, failure } = await act(cluster, 'pause')
  expect([outputs.result, failure]).toEqual(['paused', undefined])
  const ended = { ...makeCluster(), ungrouped: ['i-7'], disconnected: ['i-7'] }
  const { outputs: late, summary, lines } = await act(ended, 'pause')
  expect(late.result).toBe('paused')
  const told =
    'i-7: instance in no Auto Scaling group whose agent does not answer: it has ended, or runs and costs'
  expect(summary).toContain(told)
  expect(lines).toContain(told)
})

it('fails where the ready URL does not answer in time, and keeps the scaling suspended', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const inputs = { 'ready-url': 'https://x.example/ping?key=secret' }
  const { outputs, failure, summary } = await act(cluster, 'resume', { statuses: [503], inputs })
  expect(outputs.result).toBe('timeout')
  expect(failure).toBe(
    'wait until https://x.example/ping answers: not done after 30 minute(s); run it again to go on; still costs: gpu: 2 instance(s) of g4dn.xlarge, desired 2; 1.29 USD an hour; used by web, plain: 1 task(s), desired 1, web: 2 task(s), desired 2',
  )
  expect(summary).toContain('Newest events:\n\n- (service plain) event 7')
  expect(summary.match(/\(service web\)/g)).toHaveLength(5)
  expect(cluster.services.get('web')?.bounds?.suspended.dynamicScalingIn).toBe(true)
  expect((await act(cluster, 'resume')).outputs.result).toBe('resumed')
})

it('stops before the next step also where nothing is waited for', async () => {
  const cluster = makeCluster()
  const abort = new AbortController()
  const onLine = (line: string) => {
    if (line.startsWith('set the scalable target')) abort.abort(new Error('cancelled'))
  }
  const inputs = { services: 'web', wait: 'false' }
  await expect(act(cluster, 'pause', { onLine, inputs, signal: abort.signal })).rejects.toThrow('cancelled')
  expect(cluster.groups.get('gpu')?.desired).toBe(2)
})

it('takes a service for gone that somebody deletes meanwhile, and names the group that it leaves', async () => {
  const cluster = makeCluster()
  const onLine = (line: string) => {
    if (line === 'wait until the tasks of web are gone') cluster.services.delete('web')
  }
  const { outputs, failure } = await act(cluster, 'pause', { onLine, lag: { tasks: 20, instances: 20 } })
  expect(outputs.result).toBe('failed')
  expect(failure).toContain('gpu: runs on, since no service that was paused uses it')
  expect(JSON.parse(outputs.state ?? '')).toMatchObject([{ service: 'plain', running: 0 }])
})

it('says that a service was deleted that was to start', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const onLine = (line: string) => {
    if (line === 'wait until web runs 2 healthy task(s)') cluster.services.delete('web')
  }
  const { outputs, failure } = await act(cluster, 'resume', { onLine })
  expect(outputs.result).toBe('failed')
  expect(failure).toContain('web: was deleted meanwhile')
})

it('writes nothing in a dry run, and for a status', async () => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  expect((await act(cluster, 'pause', { inputs: { 'dry-run': 'true' } })).outputs.result).toBe('planned')
  const status = await act(cluster, 'status')
  expect(status.outputs.result).toBe('status')
  expect(JSON.parse(status.outputs.state ?? '')).toMatchObject([
    { service: 'plain', status: 'running', desired: 1 },
    { service: 'web', status: 'running', desired: 2 },
  ])
  expect(snapshot(cluster)).toEqual(before)
})

it.each([
  [
    { cluster: 'arn:aws:ecs:us-east-1:111122223333:cluster/c' },
    '"arn:aws:ecs:us-east-1:111122223333:cluster/c": expected an ARN of ap-northeast-2 and the account 111122223333',
  ],
  [
    { services: 'arn:aws:ecs:ap-northeast-2:999999999999:service/c/app' },
    '"arn:aws:ecs:ap-northeast-2:999999999999:service/c/app": expected an ARN of ap-northeast-2 and',
  ],
  [{ cluster: 'd' }, 'cluster: no cluster "d" in ap-northeast-2 of 111122223333'],
  [{ services: 'other' }, 'services: no service "other" in c; there are plain, web'],
  [{ services: 'wep' }, 'services: no service "wep" in c; did you mean "web"; there are plain, web'],
])('refuses %j', async (inputs, message) => {
  await expect(act(makeCluster(), 'pause', { inputs })).rejects.toThrow(message)
})

it('pauses the services that are there, and names the one that is not', async () => {
  const cluster = makeCluster()
  const { outputs, failure } = await act(cluster, 'pause', { inputs: { services: 'web, other' } })
  expect([outputs.result, failure]).toEqual(['refused', 'services: no service "other" in c'])
  expect(cluster.services.get('web')).toMatchObject({ desired: 0, running: 0 })
})

it('refuses a service of a cluster that has none', async () => {
  const cluster = { ...makeCluster(), services: new Map() }
  await expect(act(cluster, 'pause', { inputs: { services: 'web' } })).rejects.toThrow(
    'services: no service "web" in c; there are none',
  )
})

it('leaves a service at zero alone, and refuses one that is named', async () => {
  const cluster = makeCluster()
  cluster.services.set('plain', settledService(0))
  expect((await act(cluster, 'resume')).outputs.result).toBe('already-running')
  const { outputs, failure } = await act(cluster, 'resume', { inputs: { services: 'plain' } })
  expect(outputs.result).toBe('refused')
  expect(failure).toContain('plain: it is at zero, and no pause has saved what it had')
})

it('rides on where AWS throttles one of the first calls of a run, whichever it is', async () => {
  const go = async (operation: string, cluster: FakeCluster, throttled: number) => {
    let calls = 0
    const call: Caller = async (_, apply) => {
      calls += 1
      if (calls === throttled)
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
      return apply()
    }
    const clock = fakeClock()
    const around = makeSurroundings({ clock })
    const connect = async () => fakeCluster(cluster, { around, call })
    const idle = operation === 'pause' && { 'idle-minutes': '10' }
    const { outputs } = await run({
      ...{ ...makeContext(), clock, connect, ask: async () => 200, makeId: () => `run ${++runs}` },
      inputs: { operation, cluster: 'c', services: 'all', ...idle },
    })
    return { result: outputs.result, calls }
  }
  for (const operation of ['pause', 'status', 'resume']) {
    const count = await go(operation, await madeFor(operation), 0)
    for (let at = 1; at <= Math.min(count.calls, 30); at++) {
      const { result } = await go(operation, await madeFor(operation), at)
      expect(`call ${at} of ${operation}: ${result}`).toBe(`call ${at} of ${operation}: ${count.result}`)
    }
  }
  async function madeFor(operation: string) {
    const cluster = makeCluster()
    if (operation === 'resume') await go('pause', cluster, 0)
    return cluster
  }
})

it('rides on where AWS throttles, at the first look and at later calls', async () => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  let calls = 0
  const call: Caller = async (_, apply) => {
    calls += 1
    if (calls % 40 < 8) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
    return apply()
  }
  const clock = fakeClock()
  const go = async (operation: string) =>
    await run({
      ...{
        ...makeContext(),
        clock,
        connect: async () => fakeCluster(cluster, { around, call }),
        ask: async () => 200,
      },
      makeId: () => `run ${++runs}`,
      inputs: { operation, cluster: 'c', services: 'plain' },
    })
  const around = makeSurroundings({ clock })
  expect((await go('pause')).outputs.result).toBe('paused')
  expect((await go('resume')).outputs.result).toBe('resumed')
  expect(snapshot(cluster)).toEqual(before)
})

describe('the calls', () => {
  /** Counts the calls of runs, one after the other, in a cluster of so many services. */
  async function count(operations: readonly string[], services: number, names = 'all') {
    const cluster = makeCluster()
    cluster.services.delete('plain')
    cluster.groups.set('other', settledGroup({ name: 'other', min: 0, desired: 2 }))
    for (let at = 1; at < services; at++)
      cluster.services.set(`s${at}`, settledService(1, { groups: ['other'] }))
    const counted = []
    for (const operation of operations) {
      let calls = 0
      const call: Caller = async (_, apply) => {
        calls += 1
        return apply()
      }
      const clock = fakeClock()
      const connect = async () => fakeCluster(cluster, { call, around: makeSurroundings({ clock }) })
      const { outputs } = await run({
        ...{ ...makeContext(), clock, connect, ask: async () => 200, makeId: () => `run ${++runs}` },
        inputs: { operation, cluster: 'c', services: names },
      })
      counted.push({ result: outputs.result, calls })
    }
    return counted
  }

  it('of one named service are as many in a cluster of 120 as alone', async () => {
    const operations = ['resume', 'pause', 'pause', 'resume']
    const alone = await count(operations, 1, 'web')
    expect(await count(operations, 120, 'web')).toEqual(alone)
    expect(alone.map(({ result }) => result)).toEqual([
      ...['already-running', 'paused', 'already-paused', 'resumed'],
    ])
    const [running, , paused] = alone
    expect(running?.calls).toBeLessThanOrEqual(11)
    expect(paused?.calls).toBeLessThanOrEqual(11)
  })

  it('of a run that has nothing to do are few for each of 100 services', async () => {
    const [first, , second] = await count(['resume', 'pause', 'pause'], 100)
    expect([first?.result, second?.result]).toEqual(['already-running', 'already-paused'])
    expect(first?.calls).toBeLessThanOrEqual(300)
    expect(second?.calls).toBeLessThanOrEqual(300)
  })

  it('of a pause and a resume grow with the services, and no faster', async () => {
    const [ten, hundred] = [await count(['pause', 'resume'], 10), await count(['pause', 'resume'], 100)]
    for (const [at, { calls }] of hundred.entries())
      expect(calls).toBeLessThanOrEqual(11 * (ten[at]?.calls ?? 0))
  })
})

it('does not take a service for running that another run is about to pause', async () => {
  const cluster = makeCluster()
  const at = '2026-11-23T19:59:00.000Z'
  const expiresAt = '2026-11-23T20:00:20.000Z'
  const lock = { owner: 'other', operation: 'pause' as const, runUrl: '', at, expiresAt }
  const state = { ...newPauseState('c', 'web'), lock }
  cluster.objects.set(pauseStateKey('c', 'web'), Buffer.from(formatPauseState(state)))
  const { outputs, lines, endedAt } = await act(cluster, 'resume', { inputs: { services: 'web' } })
  expect(outputs.result).toBe('already-running')
  expect(lines).toContain('wait until the pause of web by other is over')
  expect(endedAt).toBeGreaterThanOrEqual(Date.parse(expiresAt))
})

it.each(['bob', ''])('leaves a service to whoever asked for the opposite later: "%s"', async (by) => {
  const cluster = makeCluster()
  const at = '2026-11-23T20:00:05.000Z'
  const wish = { id: 'w', operation: 'resume' as const, at, by, reason: '', runUrl: '' }
  const lock = {
    owner: 'w',
    operation: 'resume' as const,
    runUrl: '',
    at,
    expiresAt: '2026-11-23T20:01:00.000Z',
  }
  const state = { ...newPauseState('c', 'web'), lock, wish }
  cluster.objects.set(pauseStateKey('c', 'web'), Buffer.from(formatPauseState(state)))
  const { outputs, summary } = await act(cluster, 'pause', { inputs: { services: 'web' } })
  expect(outputs.result).toBe('skipped')
  const who = by || 'somebody'
  expect(summary).toContain(
    escapeMarkdown(`web: ${who} asked for the opposite at ${at}, later than this run`),
  )
  expect(cluster.services.get('web')?.desired).toBe(2)
})

it('brings back what another run pauses while it waits for that run', async () => {
  const cluster = makeCluster()
  const at = '2026-11-23T19:59:00.000Z'
  const keep = (service: string, state: Partial<PauseState>) =>
    cluster.objects.set(
      pauseStateKey('c', service),
      Buffer.from(formatPauseState({ ...newPauseState('c', service), ...state })),
    )
  const saved = { at, desired: 1, bounds: undefined, groups: [] }
  const change = { at, by: '', reason: '', runUrl: '' }
  const expiresAt = '2026-11-23T20:00:20.000Z'
  const lock = { owner: 'other', operation: 'pause' as const, runUrl: '', at, expiresAt }
  keep('web', { phase: 'pausing', saved: { ...saved, desired: 2 }, change, lock })
  const onLine = (line: string) => {
    if (line !== 'wait until the pause of web by other is over') return
    cluster.services.set('plain', settledService(0))
    keep('plain', { phase: 'paused', saved, change })
  }
  const { outputs } = await act(cluster, 'resume', { onLine })
  expect(outputs.result).toBe('resumed')
  expect(cluster.services.get('plain')).toMatchObject({ desired: 1, running: 1 })
})
