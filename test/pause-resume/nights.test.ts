import { describe, expect, it } from 'vitest'
import { run } from '../../actions/pause-resume/run.ts'
import type { ServiceEvidence } from '../../lib/service/diagnosis/evidence.ts'
import { parseLedgerEvent } from '../../lib/service/ledger.ts'
import { formatPauseState, parsePauseState } from '../../lib/service/pause-state/format.ts'
import type { Clock } from '../../lib/wait.ts'
import { fakeClock } from '../fakes/clock.ts'
import type { FakeAround, FakeCluster } from '../fakes/cluster/state.ts'
import type { Lag } from '../fakes/cluster/time.ts'
import { fakeCluster, makeSurroundings, settledGroup, settledService } from '../fakes/cluster.ts'
import { makeContext } from '../fixtures/context.ts'

const active = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false }
// Friday in Seoul; the working day is from 8 to 22.
const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 26, 15 + hour, minute)
const calendarText = `version: 1
zone: Asia/Seoul
running: [{days: mon-fri, from: '08:00', until: '22:00'}]
`

const makeCluster = (around: FakeAround = {}): FakeCluster => ({
  services: new Map([
    [
      'web',
      settledService(2, {
        bounds: { min: 1, max: 4, suspended: active },
        groups: ['gpu'],
        targetGroups: ['tg'],
      }),
    ],
    ['job', settledService(1, { groups: ['cpu'] })],
  ]),
  groups: new Map([
    ['gpu', settledGroup({ name: 'gpu', min: 1, desired: 2 })],
    ['cpu', settledGroup({ name: 'cpu', min: 0, desired: 1 })],
  ]),
  objects: new Map(),
  killed: 0,
  around,
})

type Acting = {
  now?: number
  calls?: string[]
  lag?: Partial<Lag>
  inputs?: Record<string, string>
  /** Happens before the first call. */
  first?: (clock: Clock) => Promise<void>
}

async function act(
  cluster: FakeCluster,
  operation: string,
  { now = at(12), calls, lag = {}, inputs, first }: Acting = {},
) {
  const log: string[] = []
  const clock = fakeClock(now)
  let meanwhile = first
  const aws = fakeCluster(cluster, {
    around: makeSurroundings({ clock, lag }),
    call: async (kind, apply) => {
      calls?.push(kind)
      const happen = meanwhile
      meanwhile = undefined
      await happen?.(clock)
      return apply()
    },
  })
  const line = (text: string) => log.push(text)
  let ids = 0
  const outcome = await run({
    ...makeContext(),
    clock,
    inputs: { operation, cluster: 'c', services: 'all', ...inputs },
    env: { GITHUB_ACTOR: 'ann' },
    log: { info: line, warning: line, mask: () => {} },
    makeId: () => `${now}-${ids++}`,
    readFile: () => calendarText,
    connect: async () => aws,
    ask: async () => 200,
  })
  return {
    ...outcome,
    result: outcome.outputs.result,
    summary: outcome.summary.markdown,
    log: log.join('\n'),
  }
}

const auto = { calendar: 'calendar.yml' }
/** Lets the time pass that a service, and the instances that it leaves, take to stop. */
function settle({ services, groups }: FakeCluster, name: string): void {
  const service = services.get(name)
  if (service) Object.assign(service, { running: service.desired, healthy: service.desired })
  for (const group of groups.values()) group.instances = group.desired
}
const desiredOf = ({ services }: FakeCluster) => [...services.values()].map(({ desired }) => desired)
const stateOf = ({ objects }: FakeCluster, service = 'web') =>
  parsePauseState(objects.get(`pause/c/${service}.json`)?.toString() ?? '', {
    cluster: 'c',
    service,
    place: '',
  })
const eventsOf = ({ objects }: FakeCluster) =>
  [...objects].flatMap(([key, text]) =>
    key.startsWith('ledger/') ? (parseLedgerEvent(text.toString()) ?? []) : [],
  )

describe('auto', () => {
  it('pauses at night, resumes in the morning, and says why in the state', async () => {
    const cluster = makeCluster()
    expect((await act(cluster, 'auto', { now: at(12), inputs: auto })).result).toBe('already-running')
    expect((await act(cluster, 'auto', { now: at(22, 13), inputs: auto })).result).toBe('paused')
    expect(desiredOf(cluster)).toEqual([0, 0])
    expect(stateOf(cluster).change).toMatchObject({
      by: 'ann',
      reason: 'calendar: outside the weekly periods',
    })
    expect((await act(cluster, 'auto', { now: at(23, 13), inputs: auto })).result).toBe('already-paused')
    const monday = 3 * 24 + 8
    expect((await act(cluster, 'auto', { now: at(monday), inputs: auto })).result).toBe('resumed')
    expect(desiredOf(cluster)).toEqual([2, 1])
  })

  it.each([
    ['what runs by day', 12],
    ['what is paused by night', 23],
  ])('leaves %s with a few calls, and writes nothing', async (_, hour) => {
    const cluster = makeCluster()
    if (hour === 23) await act(cluster, 'pause', { now: at(22) })
    const calls: string[] = []
    await act(cluster, 'auto', { now: at(hour), calls, inputs: { ...auto, services: 'web' } })
    expect(calls).not.toContain('write')
    // Beside these, the account's id and whether there is a bucket.
    expect(calls.length).toBeLessThanOrEqual(4)
  })

  it.each([
    ['pause', 'resume', 2, 8],
    ['resume', 'pause', 12, 22],
  ] as const)(
    'respects a %s that found nothing to change, and a later %s overrules it',
    async (wish, opposite, earlier, hour) => {
      const cluster = makeCluster()
      await act(cluster, 'auto', { now: at(earlier), inputs: auto })
      const before = desiredOf(cluster)
      expect((await act(cluster, wish, { now: at(hour, 5) })).result).toMatch(/^already/)
      expect((await act(cluster, 'status', { now: at(hour, 30) })).summary).not.toContain('has asked for')
      const { result, summary } = await act(cluster, 'auto', { now: at(hour, 30), inputs: auto })
      expect([result, desiredOf(cluster)]).toEqual(['skipped', before])
      expect(summary).toContain(`ann has asked for ${wish} at`)
      await act(cluster, opposite, { now: at(hour, 30) })
      expect(desiredOf(cluster)).not.toEqual(before)
    },
  )

  it('names in the morning what is down as after a pause, and whose state somebody has deleted', async () => {
    const cluster = makeCluster()
    await act(cluster, 'auto', { now: at(22), inputs: auto })
    cluster.objects.delete('pause/c/web.json')
    expect((await act(cluster, 'auto', { now: at(23), inputs: auto })).result).toBe('already-paused')
    const { failure } = await act(cluster, 'auto', { now: at(3 * 24 + 8), inputs: auto })
    expect(failure).toContain('web: it is down as after a pause, and what it had is lost')
    expect(desiredOf(cluster)).toEqual([0, 1])
  })

  it('takes no decision for one of a person that was made tomorrow, by a clock that is wrong', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { now: at(36) })
    expect((await act(cluster, 'auto', { now: at(12), inputs: auto })).result).toBe('resumed')
  })

  it('ends what a pause has left behind', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { now: at(22) })
    cluster.groups.set('gpu', {
      ...settledGroup({ name: 'gpu', min: 0, desired: 0 }),
      desired: 1,
      instances: 1,
    })
    expect((await act(cluster, 'auto', { now: at(23), inputs: auto })).result).toBe('paused')
    expect(cluster.groups.get('gpu')).toMatchObject({ desired: 0, instances: 0 })
  })

  it('leaves what a person resumed in the night until the next change, unless it is told otherwise', async () => {
    const cluster = makeCluster()
    await act(cluster, 'auto', { now: at(22), inputs: auto })
    await act(cluster, 'resume', { now: at(23), inputs: { services: 'web', reason: 'demo' } })
    const left = await act(cluster, 'auto', { now: at(24), inputs: auto })
    expect([left.result, desiredOf(cluster)]).toEqual(['skipped', [2, 0]])
    expect(left.summary).toContain('resumed at 2026-11-27 23:00 Asia/Seoul (14:00 UTC) by ann: demo')
    await expect(
      act(cluster, 'auto', { now: at(24), inputs: { ...auto, 'on-conflict': 'fail' } }),
    ).rejects.toThrow('on-conflict: web: expected it paused: resumed at 2026-11-27 23:00')
    const restored = await act(cluster, 'auto', {
      now: at(24),
      inputs: { ...auto, 'on-conflict': 'restore' },
    })
    expect([restored.result, desiredOf(cluster)]).toEqual(['paused', [0, 0]])
  })
})

it('yields to a person who asks for the opposite later, also before the first look of auto is over', async () => {
  const cluster = makeCluster()
  await act(cluster, 'auto', { now: at(2), inputs: auto })
  const { result } = await act(cluster, 'auto', {
    now: at(9),
    inputs: { ...auto, services: 'web', 'on-conflict': 'restore' },
    first: async (clock) => {
      await clock.sleep(1_000)
      const change = { at: new Date(at(9) + 500).toISOString(), by: 'bob', reason: 'broken', runUrl: '' }
      const state = formatPauseState({ ...stateOf(cluster), change })
      cluster.objects.set('pause/c/web.json', Buffer.from(state))
    },
  })
  expect([result, desiredOf(cluster)]).toEqual(['skipped', [0, 0]])
})

describe('keep-awake', () => {
  const until = { 'keep-awake-until': '2026-11-28 01:00', timezone: 'Asia/Seoul', reason: 'training' }

  it.each(['pause', 'auto'])(
    'keeps a service from a %s until it ends, and the others not',
    async (operation) => {
      const cluster = makeCluster()
      const kept = await act(cluster, 'keep-awake', { inputs: { ...until, services: 'web' } })
      expect(kept.result).toBe('kept-awake')
      expect(kept.summary).toContain('keep web awake until 2026-11-28 01:00 Asia/Seoul')
      const night = await act(cluster, operation, { now: at(23), inputs: auto })
      expect([night.result, desiredOf(cluster)]).toEqual(['paused', [2, 0]])
      expect(night.summary).toContain(
        'web: kept awake until 2026-11-28 01:00 Asia/Seoul (2026-11-27 16:00 UTC) by ann: training',
      )
      expect(cluster.groups.get('gpu')).toMatchObject({ min: 1, desired: 2 })
      expect((await act(cluster, operation, { now: at(24), inputs: auto })).result).toBe('kept-awake')
      expect((await act(cluster, operation, { now: at(25), inputs: auto })).result).toBe('paused')
      expect(desiredOf(cluster)).toEqual([0, 0])
    },
  )

  it('holds also where somebody says so while a pause starts', async () => {
    const kept = makeCluster()
    await act(kept, 'keep-awake', { inputs: { ...until, services: 'web' } })
    const cluster = makeCluster()
    // It waits for deployments when it has looked at who is kept awake.
    const deploying = {
      get deploying() {
        for (const [key, state] of kept.objects) cluster.objects.set(key, state)
        return new Map()
      },
    }
    cluster.around = deploying
    const { result, summary } = await act(cluster, 'pause', { now: at(23) })
    expect([result, desiredOf(cluster)]).toEqual(['paused', [2, 0]])
    expect(summary).toContain('web: kept awake until')
  })

  it('says so of a service that does not run', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { now: at(22), inputs: { services: 'web' } })
    const { summary } = await act(cluster, 'keep-awake', { inputs: until })
    expect(summary.split('does not run now: resume it')).toHaveLength(2)
  })

  it('goes with a resume', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { now: at(22) })
    expect((await act(cluster, 'resume', { now: at(23), inputs: until })).result).toBe('resumed')
    expect((await act(cluster, 'pause', { now: at(24) })).result).toBe('kept-awake')
  })

  it('writes nothing in a dry run', async () => {
    const cluster = makeCluster()
    expect((await act(cluster, 'keep-awake', { inputs: { ...until, 'dry-run': 'true' } })).result).toBe(
      'planned',
    )
    expect(cluster.objects.size).toBe(0)
  })

  it.each([
    [
      '2026-11-27 12:00',
      'keep-awake-until: expected a time to come, got "2026-11-27 12:00"; it is 2026-11-27 12:00 in Asia/Seoul',
    ],
    ['tonight', 'keep-awake-until: expected a time such as 2026-12-24 08:00, got "tonight"'],
  ])('refuses %s', async (time, message) => {
    const inputs = { ...until, 'keep-awake-until': time }
    await expect(act(makeCluster(), 'keep-awake', { inputs })).rejects.toThrow(message)
  })
})

describe('a pause', () => {
  it.each([
    ['with requests of late', { requests: 3 }, 'web: in use: 3 request(s) in the last 15 minutes'],
    [
      'whose tasks protect themselves',
      { protectedTasks: ['t'] },
      'web: in use: 1 task(s) protect themselves',
    ],
  ])('leaves a service %s', async (_, around, sentence) => {
    const cluster = makeCluster(around)
    const inputs = { services: 'web', 'idle-minutes': '15' }
    const { result, summary } = await act(cluster, 'pause', { inputs })
    expect([result, desiredOf(cluster)]).toEqual(['skipped', [2, 1]])
    expect(summary).toContain(sentence)
    expect((await act(makeCluster(), 'pause', { inputs })).result).toBe('paused')
  })

  it('waits for a deployment, and goes on after its time', async () => {
    const ending = makeCluster({ deploying: new Map([['web', 3]]) })
    const { result, log } = await act(ending, 'pause')
    expect([result, ending.around?.deploying?.get('web')]).toEqual(['paused', -1])
    expect(log).toContain('wait until the deployment of web is over')
    const endless = makeCluster({ deploying: new Map([['web', 1e6]]) })
    const late = await act(endless, 'pause', { inputs: { 'wait-for-deployment': '5' } })
    expect(late.result).toBe('paused')
    expect(late.log).toContain('web: paused while a deployment is in progress, after 5 minutes')
  })

  it('leaves a service that is used by the time that its deployment is over', async () => {
    const deploying = new Map([['web', 3]])
    const around: FakeAround = {
      deploying,
      get requests() {
        return (deploying.get('web') ?? 0) < 0 ? 3 : 0
      },
    }
    const { result } = await act(makeCluster(around), 'pause', {
      inputs: { services: 'web', 'idle-minutes': '15' },
    })
    expect(result).toBe('skipped')
  })

  it('lets the load balancer answer, as long as nothing runs behind it', async () => {
    const answer = { rule: 'r', isOn: false, targetGroups: ['tg'] }
    const shared = { rule: 's', isOn: false, targetGroups: ['tg', 'other'] }
    const cluster = makeCluster({ answers: [answer, shared] })
    const isOn = () => cluster.around?.answers?.map((each) => each.isOn)
    await act(cluster, 'pause')
    expect(isOn()).toEqual([true, false])
    // As a run leaves it that is cut before its end.
    for (const each of cluster.around?.answers ?? []) each.isOn = false
    await act(cluster, 'pause')
    expect(isOn()).toEqual([true, false])
    await act(cluster, 'resume', { inputs: { 'ready-url': 'https://x.example' } })
    expect(isOn()).toEqual([false, false])
  })

  it('is an event of the ledger, as the resume is, and status tells what it saved', async () => {
    const cluster = makeCluster({
      taskTimes: new Map([
        ['web', [{ pullStartedAt: undefined, pullStoppedAt: undefined, startedAt: at(24, 3) }]],
      ]),
    })
    await act(cluster, 'pause', { now: at(22), inputs: { reason: 'night' } })
    const pause = { operation: 'pause', by: 'ann', why: 'night' }
    const [instanceType, left] = ['g4dn.xlarge', 0]
    expect(eventsOf(cluster)).toMatchObject([
      {
        ...pause,
        services: [{ name: 'job', isPaused: true }],
        groups: [{ name: 'cpu', instanceType, freed: 1, left }],
      },
      {
        ...pause,
        services: [{ name: 'web', isPaused: true }],
        groups: [{ name: 'gpu', instanceType, freed: 2, left }],
      },
    ])
    const resumed = await act(cluster, 'resume', { now: at(24) })
    expect(resumed.summary).toContain('| web | 3 min |')
    expect(eventsOf(cluster).slice(2)).toMatchObject([
      { services: [{ name: 'job', isPaused: false }] },
      { services: [{ name: 'web', isPaused: false }] },
    ])
    await act(cluster, 'resume', { now: at(25) })
    expect(eventsOf(cluster)).toHaveLength(4)
    const { summary } = await act(cluster, 'status', {
      now: at(26),
      inputs: { ...auto, 'instance-price': '0.5' },
    })
    expect(summary).toContain('Last 14 days: 3.00 USD saved, 0.00 USD spent')
    expect(summary).toContain('```mermaid')
    expect(summary).toContain('Coming days, in Asia/Seoul:')
  })
})

describe('an event of the ledger', () => {
  const tell = (cluster: FakeCluster) =>
    eventsOf(cluster).map(({ operation, at: time }) => [operation, Date.parse(time)])

  it.each([['resume'], ['pause']])('of a pause without waiting is told by the next %s', async (operation) => {
    const cluster = makeCluster()
    const inputs = { services: 'web', wait: 'false' }
    await act(cluster, 'pause', { now: at(22), inputs, lag: { instances: 20 } })
    expect(eventsOf(cluster)).toEqual([])
    for (const name of ['web', 'job']) settle(cluster, name)
    await act(cluster, operation, { now: at(32), inputs })
    const events = tell(cluster)
    expect(events[0]?.[0]).toBe('pause')
    // Who resumes has not seen when the last instance was gone.
    if (operation === 'resume')
      expect(events).toEqual([
        ['pause', at(22)],
        ['resume', at(32)],
      ])
    else expect(events[0]?.[1]).toBeGreaterThanOrEqual(at(32))
  })

  it('of a resume that a pause has to take over is not lost, nor is it told twice', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { now: at(22), inputs: { services: 'web' } })
    const lag = { tasks: Number.POSITIVE_INFINITY }
    for (const hour of [30, 31])
      expect((await act(cluster, 'resume', { now: at(hour), lag, inputs: { services: 'web' } })).result).toBe(
        'timeout',
      )
    await act(cluster, 'pause', { now: at(32), inputs: { services: 'web' } })
    expect(tell(cluster).map(([operation]) => operation)).toEqual(['pause', 'resume', 'pause'])
    expect(tell(cluster)[1]?.[1]).toBe(at(30))
  })
})

describe('a wish that times out', () => {
  it('says by the shared diagnosis why a service does not start', async () => {
    const failure = 'We currently do not have sufficient g4dn.xlarge capacity.'
    const group = { name: 'gpu', instances: 0, desired: 2, max: 4, failures: [failure] }
    const evidence: ServiceEvidence = {
      ...{ cluster: 'c', service: 'web', desired: 2, running: 0, pending: 2, events: [] },
      ...{ deployment: undefined, stoppedTasks: [], targets: [], groups: [group], needsGpu: true },
      ...{ gpuQuota: undefined, unread: ['log: denied'] },
    }
    const cluster = makeCluster({ evidence: new Map([['web', evidence]]) })
    await act(cluster, 'pause', { inputs: { services: 'web' } })
    const inputs = { services: 'web', 'timeout-minutes': '2' }
    const {
      result,
      failure: sentence,
      summary,
    } = await act(cluster, 'resume', { lag: { instances: 1e6 }, inputs })
    expect(result).toBe('timeout')
    expect(sentence).toContain(
      'Auto Scaling group gpu: cannot start an instance: We currently do not have sufficient g4dn.xlarge capacity; add subnets in other zones',
    )
    expect(summary).toContain('| what | why | what to do |')
    expect(summary).toContain('- log: denied')
  })

  it('names the tasks that protect themselves from a pause', async () => {
    const cluster = makeCluster({ protectedTasks: ['t', 'u'] })
    const inputs = { services: 'web', 'timeout-minutes': '2' }
    const { failure } = await act(cluster, 'pause', { lag: { tasks: 1e6 }, inputs })
    expect(failure).toContain('web: 2 task(s) protect themselves, and run until their protection ends')
  })
})

it('tells of scheduled actions that undo a pause, and status of all', async () => {
  const schedule = { group: 'gpu', min: 1, desired: 2, at: at(32), recurrence: '0 8 * * * Asia/Seoul' }
  const schedules = [
    { ...schedule, name: 'morning' },
    { ...schedule, name: 'night', min: 0, desired: 0, at: undefined },
    ...['not ours', 'i-7'].map((group) => ({ ...schedule, name: 'other', group })),
  ]
  const cluster = { ...makeCluster({ schedules }), ungrouped: ['i-7'] }
  const inputs = { timezone: 'Asia/Seoul' }
  const { summary } = await act(cluster, 'pause', { inputs })
  const morning =
    'gpu: its scheduled action morning sets min 1, desired 2 at 2026-11-28 08:00 Asia/Seoul (2026-11-27 23:00 UTC), by "0 8 \\* \\* \\* Asia/Seoul"'
  expect(summary).toContain(`- ${morning}: its instances run and cost from then on`)
  expect(summary).not.toMatch(/scheduled action (night|other)/)
  const status = await act(cluster, 'status', { inputs })
  expect(status.summary).toContain(`- ${morning}`)
  expect(status.summary).toContain('scheduled action night sets min 0, desired 0 by')
  expect(status.summary).not.toContain('scheduled action other')
})

it('says once why instances do not start, and goes on with the resume', async () => {
  const failure = 'We currently do not have sufficient g4dn.xlarge capacity in the zone.'
  const cluster = makeCluster({ launchFailures: new Map([['gpu', [failure]]]) })
  await act(cluster, 'pause')
  const { result, log } = await act(cluster, 'resume', { lag: { instances: 20 } })
  expect([result, log.split('sufficient g4dn.xlarge capacity').length]).toEqual(['resumed', 2])
  expect(log).toContain(
    'capacity in the zone; add subnets in other zones, take another instance type, or try again later; the resume goes on until its time-out',
  )
})

describe('status', () => {
  it('tells of each service what a person asks, and what is odd', async () => {
    const cluster = makeCluster({
      answers: [{ rule: 'r', isOn: true, targetGroups: ['tg'] }],
      activities: [
        { at: at(11), status: 'Successful', description: 'Setting desired count to 2.', cause: 'alarm x' },
      ],
    })
    await act(cluster, 'pause', { now: at(9), inputs: { services: 'job', reason: 'not needed' } })
    cluster.objects.set('pause/c/gone.json', Buffer.from('{}'))
    const { summary } = await act(cluster, 'status', {
      now: at(12),
      inputs: { ...auto, 'instance-price': '0.5' },
    })
    const row = (name: string) => summary.split('\n').find((line) => line.startsWith(`| ${name} |`))
    expect(row('web')).toContain(
      '| 2 / 2 / 0 | min 1, max 4, scaling active | 2 of 2 healthy; requests are answered with 503, paused |',
    )
    expect(row('job')).toMatch(
      /\| paused \| 2026-11-27 09:00 Asia\/Seoul \(00:00 UTC\), for 3 h \| ann: not needed \|/,
    )
    expect(row('job')).toContain('the calendar says running until 2026-11-27 22:00 Asia/Seoul (13:00 UTC)')
    expect(row('gpu')).toContain('| 2 | g4dn.xlarge | 1.00 USD/h | 1.00 USD/h | web |')
    expect(row('cpu')).toContain('| 0 | g4dn.xlarge | 0.00 USD/h | 0.50 USD/h |')
    for (const line of [
      '- r: answers that the service is paused, and a service behind it is not',
      '- gone: a state is saved, and there is no such service',
      'Successful: Setting desired count to 2. alarm x',
    ])
      expect(summary).toContain(line)
  })
})

it('works on each of several clusters, and tells what each one said', async () => {
  const cluster = makeCluster()
  const { result, report, failure } = await act(cluster, 'status', { inputs: { cluster: 'c, d' } })
  expect(result).toBe('refused')
  expect(failure).toBe('d: cluster: no cluster "d" in ap-northeast-2 of 111122223333')
  expect(report).toMatchObject({
    clusters: [
      { cluster: 'c', result: 'status' },
      { cluster: 'd', result: 'refused' },
    ],
  })
})
