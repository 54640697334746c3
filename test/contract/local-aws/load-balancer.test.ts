import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it, vi } from 'vitest'
import { contractAccount, isLocal, patience, uniqueName } from '../../contract-account.ts'
import { makeBalancer, serve } from '../../fixtures/balancer.ts'
import { makeFoundation } from '../../fixtures/foundation.ts'
import { stacksOf } from '../../fixtures/stack.ts'

const account = contractAccount()

/** Waits until what is read is as expected: rules and targets take AWS some seconds. */
const until = async (read: () => Promise<unknown>, expected: unknown) =>
  await vi.waitFor(async () => expect(await read()).toEqual(expected), patience)

// Side by side, since a load balancer takes AWS some minutes.
describe.concurrent('a load balancer', () => {
  // Targets are servers of this machine, which AWS does not reach.
  it.runIf(isLocal)('finds a target healthy by its own check, and forwards what a rule matches', async () => {
    const balancer = await makeBalancer(account)
    await balancer.register(await serve(() => 200))
    await until(balancer.describe, [{ State: 'healthy' }])
    const answer = await balancer.ask('/ping?a=1')
    expect([answer.status, await answer.text()]).toEqual([200, 'saw GET /ping?a=1'])
    expect((await balancer.ask('/other')).status).toBe(404)
  })

  it.runIf(isLocal)('does not call a target healthy that answers its check with another status', async () => {
    const balancer = await makeBalancer(account)
    let ready = false
    let checks = 0
    const port = await serve((path) => {
      if (path !== '/health') return 200
      checks++
      return ready ? 200 : 503
    })
    await balancer.register(port)
    await vi.waitFor(() => expect(checks).toBeGreaterThan(1), patience)
    const [health] = (await balancer.describe()) ?? []
    expect(health).toMatchObject({ State: 'initial', Reason: 'Elb.InitialHealthChecking' })
    ready = true
    await until(balancer.describe, [{ State: 'healthy' }])
  })

  it('tells of targets that are not registered, and of groups that are not in use', async () => {
    const balancer = await makeBalancer(account)
    expect(await balancer.describeOne({ Id: '10.90.0.9', Port: 80 })).toEqual([
      {
        State: 'unused',
        Reason: 'Target.NotRegistered',
        Description: 'Target is not registered to the target group',
      },
    ])
    await balancer.register(80, '10.90.0.9')
    await balancer.deleteRule()
    await until(balancer.describe, [
      {
        State: 'unused',
        Reason: 'Target.NotInUse',
        Description: 'Target group is not configured to receive traffic from the load balancer',
      },
    ])
  })

  it('follows the rule with the lowest priority that matches, and else the default', async () => {
    const balancer = await makeBalancer(account)
    await balancer.addRule(30, '/a*', '410')
    await balancer.addRule(20, '/a/b', '429')
    const paths = ['/a/b', '/a/c', '/other']
    const ask = async () => await Promise.all(paths.map(async (path) => (await balancer.ask(path)).status))
    await until(ask, [429, 410, 404])
  })

  it('takes its listeners and rules with it, so that its target group can go', async () => {
    const balancer = await makeBalancer(account)
    await expect(balancer.deleteGroup()).rejects.toMatchObject({ name: 'ResourceInUseException' })
    await balancer.deleteBalancer()
    await vi.waitFor(balancer.deleteGroup, patience)
  })

  it('answers 503 without a target', async () => {
    const balancer = await makeBalancer(account)
    await until(async () => (await balancer.ask('/ping')).status, 503)
  })
})

describe('a load balancer that AWS does not make', () => {
  const elb = new ElasticLoadBalancingV2Client(account.config)
  const tooFew = 'At least two subnets in two different Availability Zones must be specified'

  it('is one in a single subnet, by the API and in a stack', async () => {
    const { subnetIds } = await makeFoundation(account)
    const Subnets = subnetIds.slice(0, 1)
    await expect(
      elb.send(new CreateLoadBalancerCommand({ Name: uniqueName(), Subnets })),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: tooFew,
    })
    const stacks = stacksOf(account)
    const name = uniqueName()
    const Balancer = { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Subnets } }
    expect((await stacks.create(name, { Resources: { Balancer } })).StackStatus).toBe('ROLLBACK_COMPLETE')
    expect((await stacks.reasons(name)).join('\n')).toContain(
      `Balancer CREATE_FAILED Resource handler returned message: "${tooFew}`,
    )
  })

  it('has a target group whose checks may take as long as their interval', async () => {
    const { vpcId: VpcId } = await makeFoundation(account)
    const group = { Name: uniqueName(), Protocol: 'HTTP', Port: 80, VpcId, TargetType: 'ip' } as const
    const command = new CreateTargetGroupCommand({ ...group, HealthCheckIntervalSeconds: 5 })
    await expect(elb.send(command)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Health check interval must be greater than the timeout.',
    })
  })
})
