import { expect, it } from 'vitest'
import { describeCluster } from '../../actions/pause-resume/observe/cluster.ts'
import { formatPauseState } from '../../lib/service/pause-state/format.ts'
import { newPauseState, pauseStateKey } from '../../lib/service/pause-state/state.ts'
import type { FakeCluster } from '../fakes/cluster/state.ts'
import { fakeCluster, settledGroup, settledService } from '../fakes/cluster.ts'
import { saved } from '../fixtures/pause-state.ts'

const makeCluster = (): FakeCluster => ({
  services: new Map([
    ['web', settledService(1, { groups: ['gpu'], hasLaunchType: true })],
    ['agent', settledService(2, { groups: ['gpu'], isDaemon: true })],
  ]),
  groups: new Map(
    ['gpu', 'new'].map((name) => [name, settledGroup({ name, min: 0, desired: name === 'gpu' ? 2 : 0 })]),
  ),
  objects: new Map(),
  killed: 0,
})

const usersOf = async (aws: ReturnType<typeof fakeCluster>) =>
  (await describeCluster('c', ['web'], aws)).groups.get('gpu')?.users.map(({ label }) => label)

it('counts no daemon among those who use a group, also where only what was saved tells of the group', async () => {
  const cluster = makeCluster()
  expect(await usersOf(fakeCluster(cluster))).toEqual(['web'])
  cluster.services.set('web', settledService(0, { groups: ['gpu'], hasLaunchType: true }))
  const groups = [{ name: 'gpu', min: 0, desired: 2 }]
  const state = { ...newPauseState('c', 'web'), phase: 'pausing' as const, saved: { ...saved, groups } }
  cluster.objects.set(pauseStateKey('c', 'web'), Buffer.from(formatPauseState(state)))
  expect(await usersOf(fakeCluster(cluster))).toEqual([])
})

it('counts none on a group that a service still has tasks on, and no provider for any more', async () => {
  const aws = fakeCluster(makeCluster())
  const describeServices: typeof aws.ecs.describeServices = async (...asked) =>
    (await aws.ecs.describeServices(...asked)).map((service) =>
      service.name === 'web' ? { ...service, capacityProviders: ['new'] } : service,
    )
  expect(await usersOf({ ...aws, ecs: { ...aws.ecs, describeServices } })).toEqual(['web'])
})

it('tells the instances in service that have not registered with the cluster', async () => {
  const aws = fakeCluster(makeCluster())
  const listInstances: typeof aws.ecs.listInstances = async (cluster) =>
    (await aws.ecs.listInstances(cluster)).slice(1)
  const unregisteredOf = async (ecs: typeof aws.ecs) =>
    (await describeCluster('c', ['web'], { ...aws, ecs })).groups.get('gpu')?.unregistered
  const [first] = await aws.ecs.listInstances('c')
  expect(await unregisteredOf(aws.ecs)).toEqual([])
  expect(await unregisteredOf({ ...aws.ecs, listInstances })).toEqual([first?.id])
})
