import { expect, it } from 'vitest'
import { run } from '../../actions/pause-resume/run.ts'
import { type FakeCluster, fakeCluster, snapshot } from '../fakes/cluster.ts'
import { makeContext } from '../fixtures/context.ts'

const active = { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false }

const makeCluster = (): FakeCluster => ({
  services: new Map([
    ['web', { desired: 2, bounds: { min: 1, max: 4, suspended: active }, groups: ['gpu'] }],
    ['plain', { desired: 1, groups: [] }],
  ]),
  groups: new Map([['gpu', { name: 'gpu', min: 1, desired: 2 }]]),
  saved: new Map(),
})

type Options = { failAfter?: number; status?: number; inputs?: Record<string, string> }

async function act(
  cluster: FakeCluster,
  operation: string,
  { failAfter, status = 200, inputs }: Options = {},
) {
  const lines: string[] = []
  const log = { info: (line: string) => lines.push(line), warning: () => {}, mask: () => {} }
  const outcome = await run({
    ...makeContext(),
    inputs: { operation, cluster: 'c', ...inputs },
    log,
    connect: async () => fakeCluster(cluster, failAfter === undefined ? {} : { failAfter }),
    ask: async () => status,
  })
  return { ...outcome, summary: outcome.summary.markdown, lines }
}

it('brings everything to zero, and back to exactly what it was', async () => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  expect((await act(cluster, 'pause')).outputs.result).toBe('paused')
  expect([...cluster.services.values()].map(({ desired }) => desired)).toEqual([0, 0])
  expect(cluster.services.get('web')?.bounds).toEqual({
    min: 0,
    max: 0,
    suspended: { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true },
  })
  expect(cluster.groups.get('gpu')).toEqual({ name: 'gpu', min: 0, desired: 0 })
  expect((await act(cluster, 'pause')).outputs.result).toBe('already-paused')
  expect((await act(cluster, 'resume')).outputs.result).toBe('resumed')
  expect(cluster).toEqual(before)
  expect((await act(cluster, 'resume')).outputs.result).toBe('already-running')
})

it.each([0, 1, 2, 3, 4, 5])('goes on with a pause that was cut after %i writes', async (failAfter) => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  await expect(act(cluster, 'pause', { failAfter })).rejects.toThrow('cut')
  await act(cluster, 'pause')
  expect(cluster.groups.get('gpu')?.desired).toBe(0)
  await act(cluster, 'resume')
  expect(cluster).toEqual(before)
})

it.each([0, 1, 2, 3, 4, 5, 6])('goes on with a resume that was cut after %i writes', async (failAfter) => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  await act(cluster, 'pause')
  await expect(act(cluster, 'resume', { failAfter })).rejects.toThrow('cut')
  await act(cluster, 'resume')
  expect(cluster).toEqual(before)
})

it('leaves a group alone that another service needs', async () => {
  const cluster = makeCluster()
  cluster.services.set('other', { desired: 1, groups: ['gpu'] })
  const { lines } = await act(cluster, 'pause', { inputs: { services: 'web' } })
  expect(cluster.groups.get('gpu')).toEqual({ name: 'gpu', min: 1, desired: 2 })
  expect(cluster.services.get('other')?.desired).toBe(1)
  expect(lines[0]).toBe('gpu stays as it is: other needs it')
})

it('fails where the ready URL does not answer in time, and keeps the scaling suspended', async () => {
  const cluster = makeCluster()
  await act(cluster, 'pause')
  const inputs = { 'ready-url': 'https://x.example/ping?key=secret' }
  const { outputs, failure, summary } = await act(cluster, 'resume', { status: 503, inputs })
  expect(outputs.result).toBe('timeout')
  expect(failure).toBe(
    'wait until https://x.example/ping answers: not done after 30 minutes; run it again to go on; still costs: gpu: 2 instance(s), desired 2, web: 2 task(s), desired 2, plain: 1 task(s), desired 1',
  )
  expect(summary).toContain('an event')
  expect(cluster.services.get('web')?.bounds?.suspended.dynamicScalingIn).toBe(true)
  expect((await act(cluster, 'resume')).outputs.result).toBe('resumed')
})

it('writes nothing in a dry run, and for a status', async () => {
  const cluster = makeCluster()
  const before = snapshot(cluster)
  expect((await act(cluster, 'pause', { inputs: { 'dry-run': 'true' } })).outputs.result).toBe('planned')
  const status = await act(cluster, 'status')
  expect(status.outputs.result).toBe('status')
  expect(JSON.parse(status.outputs.state ?? '')).toMatchObject([
    { service: 'web', status: 'running', desired: 2 },
    { service: 'plain', status: 'running', desired: 1 },
  ])
  expect(cluster).toEqual(before)
})

it.each([
  [{ cluster: 'd' }, 'cluster: no cluster "d" in ap-northeast-2 of 111122223333'],
  [{ services: 'wep' }, 'services: no service "wep" in c; did you mean "web"; there are web, plain'],
])('refuses %j', async (inputs, message) => {
  await expect(act(makeCluster(), 'pause', { inputs })).rejects.toThrow(message)
})

it('refuses to resume what nobody paused', async () => {
  const cluster = makeCluster()
  cluster.services.set('plain', { desired: 0, groups: [] })
  await expect(act(cluster, 'resume')).rejects.toThrow(
    'services: "plain" is at zero, and no pause saved what it was',
  )
})
