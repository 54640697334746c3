import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { describe, expect, it, vi } from 'vitest'
import { connect as connectAws } from '../../actions/pause-resume/connect.ts'
import type { Connections } from '../../actions/pause-resume/context.ts'
import { fakeCluster, settledGroup, settledService } from '../fakes/cluster.ts'
import { deployService } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

// The cluster in memory, which the tests of pause-resume lean on, has to behave as the local AWS does.

type Opened = { aws: Connections; cluster: string; service: string; group: string }

const active = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false }
const suspended = { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true }

const services: Record<string, () => Promise<Opened>> = {
  'the cluster in memory': async () => {
    const bounds = { min: 1, max: 2, suspended: active }
    const aws = fakeCluster({
      services: new Map([['web', settledService(1, { bounds, groups: ['g'], targetGroups: ['t'] })]]),
      groups: new Map([['g', settledGroup({ name: 'g', min: 0, desired: 1 })]]),
      objects: new Map(),
      killed: 0,
      around: { answers: [{ rule: 'r', isOn: false, targetGroups: ['t'] }] },
    })
    return { aws, cluster: 'c', service: 'web', group: 'g' }
  },
  'the local AWS': async () => {
    const account = localAws()
    const { groupName: group } = await deployService(account)
    const [cluster, service] = ['ddn-ecs-cluster', 'ddn-ecs-service']
    await vi.waitFor(async () => {
      const command = new DescribeServicesCommand({ cluster, services: [service] })
      const found = (await new ECSClient(account.config).send(command)).services?.[0]
      expect(found?.runningCount).toBe(1)
    }, often)
    return { aws: await connectAws(account.config, 'ddn'), cluster, service, group }
  },
}

const often = { timeout: 60_000, interval: 50 }

/** What is around a service that has just been deployed, and that nobody uses. */
async function surroundings({ aws, cluster, service, group }: Opened, targetGroups: readonly string[]) {
  expect(await aws.finder.ofStack('ddn-service')).toEqual([{ cluster, service }])
  expect(await aws.finder.tagged(cluster, [service], new Map())).toEqual([service])
  expect(await aws.deployments.inProgress(cluster, [service])).toEqual([])
  expect(await aws.requestCounts.sum(targetGroups, Date.now() - 600_000, Date.now())).toBe(0)
  expect(await aws.launchFailures.list(group, 0)).toEqual([])
  expect(await aws.taskProtection.list(cluster, service)).toEqual([])
  expect(await aws.groupSchedules.list([group])).toEqual([])
  expect(await aws.serviceEvidence.read(cluster, 'none', new Date(0))).toBeUndefined()
  expect(await aws.pausedAnswers.find(targetGroups)).toMatchObject([{ isOn: false, targetGroups }])
  expect(await aws.ledger.read(cluster, 0)).toEqual({ events: [], damaged: [] })
  expect(await aws.objectNames.list('none/')).toEqual([])
}

describe.each(Object.entries(services))('%s', (_name, open) => {
  it('knows its services, and no cluster of another name', async () => {
    const { aws, cluster, service, group } = await open()
    expect(await aws.ecs.listServices(cluster)).toEqual([service])
    expect(await aws.ecs.listProviders(cluster)).toHaveLength(1)
    expect(await aws.ecs.listProviders('other')).toBeUndefined()
    const [found] = await aws.ecs.describeServices(cluster, [service])
    expect(found).toMatchObject({ name: service, desired: 1, running: 1, pending: 0 })
    expect(found?.targetGroups).toHaveLength(1)
    const providers = found?.capacityProviders ?? []
    expect([...(await aws.ecs.describeGroups(providers)).values()]).toEqual([group])
    expect(await aws.groups.describe([group, 'other'])).toMatchObject([
      { name: group, max: expect.any(Number), instances: [{ isProtected: false }] },
    ])
    await surroundings({ aws, cluster, service, group }, found?.targetGroups ?? [])
  })

  it('tells which task is on which instance, and for which service', async () => {
    const { aws, cluster, service, group } = await open()
    const [instance = expect.fail('no instance')] = await aws.ecs.listInstances(cluster)
    expect(instance).toMatchObject({ tasks: 1, type: 'g4dn.xlarge' })
    expect(await aws.groups.ofInstances([instance.id])).toEqual(new Map([[instance.id, group]]))
    expect(await aws.ecs.listTasks(cluster)).toMatchObject([{ service, instance: instance.arn }])
  })

  it('goes to zero and comes back, each after the other: bounds, tasks, instances, health', async () => {
    const { aws, cluster, service, group } = await open()
    const look = async () => {
      const [found] = await aws.ecs.describeServices(cluster, [service])
      const [
        {
          name,
          min,
          desired,
          instances: { length: instances },
        } = expect.fail('no group'),
      ] = await aws.groups.describe([group])
      const size = { name, min, desired }
      const targets = await aws.targets.describe(found?.targetGroups[0] ?? '')
      const healthy = targets.filter(({ state }) => state === 'healthy').length
      return { desired: found?.desired, running: found?.running, size, instances, healthy }
    }
    const reach = async (expected: object) =>
      await vi.waitFor(async () => expect(await look()).toMatchObject(expected), often)
    await reach({ desired: 1, running: 1, instances: 1, healthy: 1 })
    const bounds = async () => (await aws.scalableTargets.describe(cluster, [service])).get(service)
    expect(await bounds()).toMatchObject({ max: expect.any(Number), suspended: active })
    // The desired count follows the bounds at once, the tasks after a while.
    await aws.scalableTargets.register(cluster, service, { min: 0, max: 0, suspended })
    expect(await bounds()).toEqual({ min: 0, max: 0, suspended })
    await reach({ desired: 0 })
    await reach({ running: 0, healthy: 0 })
    const { size: before } = await look()
    await aws.groups.resize({ name: group, min: 0, desired: 0 })
    expect((await look()).size).toEqual({ name: group, min: 0, desired: 0 })
    await reach({ instances: 0 })
    // And back. A task that waits for an instance is pending.
    await aws.groups.resize({ ...before, desired: 1 })
    await aws.scalableTargets.register(cluster, service, { min: 1, max: 2, suspended })
    await reach({ desired: 1 })
    await reach({ running: 1, instances: 1, healthy: 1 })
    await aws.ecs.setDesiredCount(cluster, service, 0)
    await reach({ desired: 0, running: 0 })
  })
})
