import { describe, expect, it } from 'vitest'
import type { Connections } from '../../actions/pause-resume/context.ts'
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

/** Both services on one group. */
function makeShared(around: FakeAround = {}): FakeCluster {
  const cluster = makeCluster(around)
  cluster.services.set('job', settledService(1, { groups: ['gpu'] }))
  cluster.groups.delete('cpu')
  return cluster
}

type Acting = {
  now?: number
  calls?: string[]
  lag?: Partial<Lag>
  inputs?: Record<string, string>
  /** Happens before the first call. */
  first?: (clock: Clock) => Promise<void>
  /** Changes what AWS answers. */
  change?: (aws: Connections, clock: Clock) => Partial<Connections>
  signal?: AbortSignal
}

async function act(
  cluster: FakeCluster,
  operation: string,
  { now = at(12), calls, lag = {}, inputs, first, change, signal }: Acting = {},
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
    ...(signal && { signal }),
    connect: async () => ({ ...aws, ...change?.(aws, clock) }),
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

  it('leaves what a person resumed also where it has to pause another service, and the group that both use', async () => {
    const cluster = makeShared()
    await act(cluster, 'auto', { now: at(22), inputs: auto })
    await act(cluster, 'resume', { now: at(23), inputs: { services: 'web', reason: 'demo' } })
    cluster.services.set('late', settledService(1, { groups: ['gpu'] }))
    const { result, summary } = await act(cluster, 'auto', { now: at(24), inputs: auto })
    expect([result, desiredOf(cluster)]).toEqual(['paused', [2, 0, 0]])
    expect(summary).toContain('by ann: demo')
    expect(cluster.groups.get('gpu')).toMatchObject({ min: 1, desired: 2, instances: 2 })
    // Nobody has asked for anything of it: what it had goes with the last one.
    const restore = { ...auto, 'on-conflict': 'restore' }
    expect((await act(cluster, 'auto', { now: at(3 * 24), inputs: restore })).result).toBe('paused')
    expect(cluster.groups.get('gpu')).toMatchObject({ min: 0, desired: 0, instances: 0 })
  })

  it('takes the group of the last service with it, also of those that it paused before', async () => {
    const cluster = makeShared()
    await act(cluster, 'pause', { now: at(22), inputs: { services: 'job' } })
    expect(cluster.groups.get('gpu')).toMatchObject({ min: 1, desired: 2 })
    const planned = await act(cluster, 'auto', { now: at(23), inputs: { ...auto, 'dry-run': 'true' } })
    expect(planned.report.steps).toContainEqual(expect.stringMatching(/Auto Scaling group gpu.*desired 0/))
    expect(planned.report.steps).not.toContain('')
    expect((await act(cluster, 'auto', { now: at(23), inputs: auto })).result).toBe('paused')
    expect(cluster.groups.get('gpu')).toMatchObject({ min: 0, desired: 0, instances: 0 })
  })

  it('looks again where AWS is busy at its first look, and ends with what is no passing reason', async () => {
    const failing = (name: string) => (aws: Connections) => {
      let looks = 0
      const describeServices: Connections['ecs']['describeServices'] = async (...wanted) => {
        if (looks++ === 0) throw Object.assign(new Error(`${name} of this test`), { name })
        return await aws.ecs.describeServices(...wanted)
      }
      return { ecs: { ...aws.ecs, describeServices } }
    }
    const cluster = makeCluster()
    const night = { now: at(22), inputs: auto }
    const denied = act(cluster, 'auto', { ...night, change: failing('AccessDeniedException') })
    await expect(denied).rejects.toThrow('AccessDeniedException of this test')
    const throttled = failing('ThrottlingException')
    const busy = await act(cluster, 'auto', { ...night, change: throttled })
    expect([busy.result, desiredOf(cluster)]).toEqual(['paused', [0, 0]])
    expect(busy.log).toContain('outside the weekly periods')
    await act(cluster, 'resume', { now: at(23) })
    const inputs = { ...auto, 'on-conflict': 'fail' }
    await expect(act(cluster, 'auto', { now: at(24), inputs, change: throttled })).rejects.toThrow(
      /^on-conflict: job: expected it paused: .*; web: expected it paused: /,
    )
    expect(desiredOf(cluster)).toEqual([2, 1])
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
    const planned = await act(cluster, 'auto', { now: at(23), inputs: { ...auto, 'dry-run': 'true' } })
    expect(planned.report.steps).toContainEqual(expect.stringContaining('Auto Scaling group gpu'))
    expect(planned.report.steps).not.toContain('')
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

it('leaves what a person has started by hand as it is, with its instances, also where less runs than was saved', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause', { now: at(22) })
  Object.assign(cluster.services.get('web') ?? {}, {
    desired: 1,
    bounds: { min: 1, max: 4, suspended: active },
  })
  Object.assign(cluster.groups.get('gpu') ?? {}, { min: 1, desired: 1 })
  settle(cluster, 'web')
  const inputs = { services: 'web' }
  const { report } = await act(cluster, 'resume', { now: at(32), inputs: { ...inputs, 'dry-run': 'true' } })
  const { result, log } = await act(cluster, 'resume', { now: at(32), inputs })
  expect([result, desiredOf(cluster)]).toEqual(['resumed', [1, 0]])
  expect(cluster.groups.get('gpu')).toMatchObject({ min: 1, desired: 1 })
  expect(log.split('\n')).toEqual(report.steps)
  await act(cluster, 'pause', { now: at(46), inputs })
  await act(cluster, 'resume', { now: at(56), inputs })
  expect([desiredOf(cluster), cluster.groups.get('gpu')?.desired]).toEqual([[1, 0], 1])
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
    expect(summary.match(/keep .*/g)).toEqual([
      'keep job awake until 2026-11-28 01:00 Asia/Seoul (2026-11-27 16:00 UTC): training',
      'keep web awake until 2026-11-28 01:00 Asia/Seoul (2026-11-27 16:00 UTC): training; it does not run now: resume it',
    ])
    const again = await act(cluster, 'pause', { now: at(23), inputs: { services: 'web' } })
    expect(again.result).toBe('already-paused')
  })

  it('saves nothing of a service that somebody has started by hand, and says nothing of the kind', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { now: at(22) })
    Object.assign(cluster.services.get('web') ?? {}, {
      desired: 3,
      bounds: { min: 2, max: 8, suspended: active },
    })
    settle(cluster, 'web')
    await act(cluster, 'keep-awake', { now: at(23), inputs: { ...until, services: 'web' } })
    const { result, summary } = await act(cluster, 'pause', { now: at(24) })
    expect([result, stateOf(cluster).saved?.desired]).toEqual(['kept-awake', 2])
    expect(summary).not.toContain('is saved')
  })

  it('keeps no service from a resume, and asks for no use of one that it holds', async () => {
    const cluster = makeCluster({ requests: 3 })
    await act(cluster, 'keep-awake', { inputs: { ...until, services: 'web' } })
    expect((await act(cluster, 'resume', { now: at(23) })).result).toBe('already-running')
    const inputs = { services: 'web', 'idle-minutes': '15' }
    const { result, summary } = await act(cluster, 'pause', { now: at(23), inputs })
    expect([result, desiredOf(cluster)]).toEqual(['kept-awake', [2, 1]])
    expect(summary).not.toContain('in use')
  })

  it('leaves to a service that is kept awake the group that it shares, in a dry run, too', async () => {
    const schedule = { group: 'gpu', name: 'morning', min: 1, desired: 2, at: at(32), recurrence: '' }
    const cluster = makeShared({ schedules: [schedule] })
    await act(cluster, 'keep-awake', { inputs: { ...until, services: 'web' } })
    const planned = await act(cluster, 'pause', { now: at(23), inputs: { 'dry-run': 'true' } })
    expect(planned.report.steps).toEqual([
      'web: kept awake until 2026-11-27 16:00 UTC by ann: training',
      ...['save the state of job: desired count 1', 'set the desired count of job to 0'],
      ...['wait until the tasks of job are gone', 'note that job is paused'],
    ])
    const { result, log } = await act(cluster, 'pause', { now: at(23), inputs: { services: 'web, job' } })
    expect([result, desiredOf(cluster)]).toEqual(['paused', [2, 0]])
    expect(cluster.groups.get('gpu')).toMatchObject({ min: 1, desired: 2, instances: 2 })
    expect(log).toContain('its instances run and cost from then on')
    const onlyAwake = await act(cluster, 'pause', { now: at(24), inputs: { services: 'web' } })
    expect(onlyAwake.log).not.toContain('morning')
  })

  it('is noted for the others where one has a state that is damaged, which it names, and ends at a cancel', async () => {
    const cluster = makeCluster()
    cluster.objects.set('pause/c/web.json', Buffer.from('{'))
    const { result, failure, report } = await act(cluster, 'keep-awake', { inputs: until })
    const sentence = /^web: .*expected JSON; restore an earlier version of this object$/
    expect([result, failure]).toEqual(['refused', expect.stringMatching(sentence)])
    expect(report.done).toEqual([expect.stringMatching(/^keep job awake/)])
    expect(report.notDone).toEqual([expect.stringMatching(/^keep web awake/)])
    expect(stateOf(cluster, 'job').keepAwake).toMatchObject({ by: 'ann', reason: 'training' })
    const inputs = { ...until, services: 'job, other' }
    await expect(act(cluster, 'keep-awake', { inputs })).rejects.toThrow('services: no service "other" in c')
    const signal = AbortSignal.abort(new Error('cancelled'))
    await expect(act(cluster, 'keep-awake', { inputs: until, signal })).rejects.toThrow('cancelled')
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

describe('a resume of all services', () => {
  it.each(['resume', 'auto'])('tells of no service that it runs where each was deleted: %s', async (kind) => {
    const cluster = makeCluster()
    await act(cluster, 'pause')
    cluster.services.clear()
    const resumed = await act(cluster, kind, { inputs: auto })
    expect([resumed.result, resumed.failure]).toEqual(['skipped', undefined])
    expect(resumed.report.notes).toEqual([
      expect.stringMatching(/^job: was deleted while 1 task\(s\) of it were paused.* pause\/c\/job\.json/),
      expect.stringMatching(/^web: was deleted while 2 task\(s\) of it were paused/),
    ])
    expect((await act(cluster, 'pause')).result).toBe('already-paused')
  })

  it('brings the others back, and forgets nothing of one that was deleted', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause')
    cluster.services.delete('job')
    const { result, report } = await act(cluster, 'resume')
    expect([result, desiredOf(cluster)]).toEqual(['resumed', [2]])
    expect(report.notes).toEqual([expect.stringContaining('job: was deleted while')])
    expect(stateOf(cluster, 'job').saved).toMatchObject({ desired: 1 })
  })

  it('says nothing of one that was deleted while it ran', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause')
    await act(cluster, 'resume')
    cluster.services.delete('job')
    expect((await act(cluster, 'resume')).report).toMatchObject({ result: 'already-running', notes: [] })
  })
})

describe('a pause', () => {
  it.each([2, 3])(
    'takes no instance by look %i, which was slow, on which a task has started since',
    async (number) => {
      const cluster = makeCluster()
      await act(cluster, 'pause')
      const group = { ...settledGroup({ name: 'gpu', min: 0, desired: 0 }), desired: 1, instances: 1 }
      cluster.groups.set('gpu', group)
      let looks = 0
      await act(cluster, 'pause', {
        change: (aws, clock) => ({
          ecs: {
            ...aws.ecs,
            listTasks: async (name) => {
              const tasks = await aws.ecs.listTasks(name)
              looks += 1
              if (looks > number) return tasks
              await clock.sleep(6_000)
              if (looks === number) Object.assign(cluster.groups.get('gpu') ?? {}, { jobs: 1 })
              return tasks
            },
          },
        }),
      })
      expect(cluster.groups.get('gpu')).toMatchObject({ desired: 1, instances: 1 })
      expect(cluster.killed).toBe(0)
    },
  )

  it.each([
    ['with requests of late', { requests: 3 }, 'web: in use: 3 request(s) in the last 15 minute(s)'],
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
    expect(late.log).toContain('web: paused while a deployment is in progress, after 5 minute(s)')
    const hurried = makeCluster({ deploying: new Map([['web', 1e6]]) })
    const inputs = { 'wait-for-deployment': '5', 'timeout-minutes': '4' }
    const half = await act(hurried, 'pause', { inputs })
    expect([half.result, desiredOf(hurried)]).toEqual(['paused', [0, 0]])
    expect(half.log).toContain('in progress, after 2 minute(s)')
  })

  it('ends in its time where AWS stays busy when a deployment is over', async () => {
    const cluster = makeCluster({ deploying: new Map([['web', 1e6]]) })
    let [looks, end] = [0, 0]
    const change = (aws: Connections, clock: Clock) => ({
      ecs: {
        ...aws.ecs,
        listServices: async (name: string) => {
          looks += 1
          end = clock.now()
          if (looks === 1) return await aws.ecs.listServices(name)
          throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
        },
      },
    })
    const busy = act(cluster, 'pause', { change, inputs: { 'timeout-minutes': '20' } })
    await expect(busy).rejects.toThrow('look at c: not settled after')
    expect(end - at(12)).toBeLessThanOrEqual(20 * 60_000)
  })

  it('waits for no deployment of a service that it leaves alone', async () => {
    const cluster = makeCluster({ deploying: new Map([['web', 1e6]]) })
    const awake = { 'keep-awake-until': '2026-11-28 01:00', timezone: 'Asia/Seoul', reason: 'training' }
    await act(cluster, 'keep-awake', { inputs: { ...awake, services: 'web' } })
    expect((await act(cluster, 'pause')).log).not.toContain('deployment')
    const hurried = await act(cluster, 'pause', { now: at(26), inputs: { 'wait-for-deployment': '0' } })
    expect([hurried.result, hurried.log.includes('deployment')]).toEqual(['paused', false])
    const again = await act(cluster, 'pause', { now: at(27) })
    expect([again.result, desiredOf(cluster)]).toEqual(['already-paused', [0, 0]])
    expect(again.log).not.toContain('deployment')
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

  it('lets requests through at the end of its time to tasks that start later', async () => {
    const cluster = makeCluster({ answers: [{ rule: 'r', isOn: false, targetGroups: ['tg'] }] })
    await act(cluster, 'pause')
    expect(cluster.around?.answers).toMatchObject([{ isOn: true }])
    const { result } = await act(cluster, 'resume', {
      lag: { instances: 1e6 },
      inputs: { 'timeout-minutes': '2' },
    })
    expect([result, cluster.around?.answers]).toMatchObject(['timeout', [{ isOn: false }]])
  })

  it('is an event of the ledger, as the resume is, and status tells what it saved', async () => {
    const cluster = makeCluster({
      taskTimes: new Map([
        ['web', [{ pullStartedAt: undefined, pullStoppedAt: undefined, startedAt: at(24, 3) }]],
      ]),
    })
    const paused = await act(cluster, 'pause', { now: at(22), inputs: { reason: 'night' } })
    expect(paused.summary).not.toContain('| service | instance |')
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

it('plans to ask the ready URL, says what the calendar does next, and pauses where no schedule can be read', async () => {
  const cluster = makeCluster()
  const list = async () => {
    throw new Error('denied')
  }
  const paused = await act(cluster, 'pause', { inputs: auto, change: () => ({ groupSchedules: { list } }) })
  expect(paused.result).toBe('paused')
  expect(paused.log).toContain('what the groups are scheduled for is not known: denied')
  expect(paused.summary).toContain('the calendar says')
  const inputs = { 'dry-run': 'true', 'ready-url': 'https://x.example' }
  const { report } = await act(cluster, 'resume', { inputs })
  expect(report.steps).toContainEqual(expect.stringMatching(/^wait until https:\/\/x\.example\/? answers/))
})

it.each(['', 'https://x.example'])('resumes also where nobody knows how long it took: "%s"', async (url) => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const fail = async () => {
    throw new Error('denied')
  }
  const inputs = url === '' ? undefined : { 'ready-url': url }
  const { result, log, summary } = await act(cluster, 'resume', {
    ...(inputs && { inputs }),
    change: () => ({ taskTimes: { list: fail } }),
  })
  expect(result).toBe('resumed')
  expect(log).toContain('how long the phases took is not known: denied')
  expect(summary).not.toContain('| service | instance |')
})

it('tells after a resume how long each phase took, where it waited for it', async () => {
  const resume = async (more: Record<string, string>) => {
    const cluster = makeCluster()
    await act(cluster, 'pause', { inputs: { services: 'web' } })
    return (await act(cluster, 'resume', { inputs: { services: 'web', ...more } })).summary
  }
  expect(await resume({ 'ready-url': 'https://x.example' })).toMatch(/\| web \| +\| +\| \d+ s \| \d+ s \|/)
  expect(await resume({ wait: 'false' })).not.toContain('| service | instance |')
})

it('tells how long a service took itself, whatever others wait for', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const change = () => ({ targets: { describe: async () => [] } })
  const { result, summary } = await act(cluster, 'resume', { change, inputs: { 'timeout-minutes': '5' } })
  expect(result).toBe('timeout')
  expect(summary).toMatch(/\| job \| +\| +\| \d+ s \| +\|/)
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

  it('ends in the same way where AWS does not say why', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause')
    const read = async () => {
      throw new Error('denied')
    }
    const inputs = { 'timeout-minutes': '2' }
    const { result, log, summary } = await act(cluster, 'resume', {
      ...{ lag: { instances: 1e6 }, inputs },
      change: () => ({ serviceEvidence: { read } }),
    })
    expect(result).toBe('timeout')
    for (const name of ['web', 'job']) expect(log).toContain(`what keeps ${name} is not known: denied`)
    expect(summary).not.toContain('Why web does not run')
  })

  it('asks only of those why that wait', async () => {
    const cluster = makeCluster()
    cluster.services.set('job', settledService(1))
    cluster.groups.delete('cpu')
    await act(cluster, 'pause')
    const asked: string[] = []
    const read = async (_: string, service: string) => {
      asked.push(service)
      return undefined
    }
    const change = () => ({ serviceEvidence: { read } })
    const inputs = { 'timeout-minutes': '2' }
    const { result, log } = await act(cluster, 'resume', { lag: { instances: 1e6 }, inputs, change })
    expect([result, asked]).toEqual(['timeout', ['web']])
    expect(log).not.toContain('is not known')
  })

  it('asks for no reason of a service that it could not start', async () => {
    const cluster = makeCluster()
    await act(cluster, 'pause')
    const read = async () => expect.fail('asked')
    const setDesiredCount = async () => {
      throw new Error('denied')
    }
    const { result, failure, log } = await act(cluster, 'resume', {
      inputs: { services: 'job' },
      change: (aws) => ({ serviceEvidence: { read }, ecs: { ...aws.ecs, setDesiredCount } }),
    })
    expect([result, failure]).toEqual(['failed', expect.stringMatching(/^job: denied/)])
    expect(log).not.toContain('is not known')
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
    expect(summary.match(/a state is saved/g)).toHaveLength(1)
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
