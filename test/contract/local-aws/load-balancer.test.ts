import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, expect, it, vi } from 'vitest'
import { localAws } from '../../local-aws.ts'

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** A server on loopback that answers with the status that `answer` gives for a path. */
async function serve(answer: (path: string) => number): Promise<number> {
  const server = createServer((request, response) => {
    response.statusCode = answer(request.url ?? '')
    response.end(`saw ${request.method} ${request.url}`)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A load balancer with one target group of addresses, and one rule for /ping. */
async function makeBalancer(name: string) {
  const { config, endpoint } = localAws()
  const elb = new ElasticLoadBalancingV2Client(config)
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: ['subnet-1', 'subnet-2'] }),
  )
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      ...{ Name: name, Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' },
      ...{ HealthCheckPath: '/health', HealthCheckIntervalSeconds: 5, UnhealthyThresholdCount: 2 },
    }),
  )
  const group = TargetGroups?.[0]?.TargetGroupArn
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      ...{ Protocol: 'HTTP', Port: 80 },
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  )
  const ListenerArn = Listeners?.[0]?.ListenerArn
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', Values: ['/ping'] }],
      Actions: [{ Type: 'forward', TargetGroupArn: group }],
    }),
  )
  const describeGroup = async (more = {}) => {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: group, ...more })
    const { TargetHealthDescriptions } = await elb.send(command)
    return TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth)
  }
  return {
    ask: (path: string) => fetch(`${endpoint}/_alb/${LoadBalancers?.[0]?.DNSName}${path}`),
    register: (port: number) =>
      elb.send(
        new RegisterTargetsCommand({ TargetGroupArn: group, Targets: [{ Id: '127.0.0.1', Port: port }] }),
      ),
    addRule: (Priority: number, path: string, StatusCode: string) =>
      elb.send(
        new CreateRuleCommand({
          ListenerArn,
          Priority,
          Conditions: [{ Field: 'path-pattern', Values: [path] }],
          Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode } }],
        }),
      ),
    deleteRule: () => elb.send(new DeleteRuleCommand({ RuleArn: Rules?.[0]?.RuleArn })),
    describe: async () => await describeGroup(),
    describeOne: async (target: TargetDescription) => await describeGroup({ Targets: [target] }),
  }
}

/** Waits until what is read matches, in tests that run side by side: `expect.poll` cannot. */
const until = async (read: () => Promise<unknown>, expected: object) =>
  await vi.waitFor(async () => expect(await read()).toMatchObject(expected), { timeout: 40_000 })

it('finds a target healthy by its own check, and forwards what a rule matches', async () => {
  const balancer = await makeBalancer('forwarding')
  await balancer.register(await serve(() => 200))
  await expect.poll(balancer.describe).toEqual([{ State: 'healthy' }])
  const answer = await balancer.ask('/ping?a=1')
  expect([answer.status, await answer.text()]).toEqual([200, 'saw GET /ping?a=1'])
  expect((await balancer.ask('/other')).status).toBe(404)
})

it('does not call a target healthy that answers its check with another status', async () => {
  const balancer = await makeBalancer('loading')
  let ready = false
  let checks = 0
  const port = await serve((path) => {
    if (path !== '/health') return 200
    checks++
    return ready ? 200 : 503
  })
  await balancer.register(port)
  const countChecks = async () => {
    await balancer.describe()
    return checks
  }
  await expect.poll(countChecks).toBeGreaterThan(1)
  const [health] = (await balancer.describe()) ?? []
  expect(health).toMatchObject({ State: 'initial', Reason: 'Elb.InitialHealthChecking' })
  ready = true
  await expect.poll(balancer.describe).toEqual([{ State: 'healthy' }])
})

it.concurrent('finds a target unhealthy after as many bad checks as the group says', async () => {
  const balancer = await makeBalancer('failing')
  let status = 200
  await balancer.register(await serve(() => status))
  await until(balancer.describe, [{ State: 'healthy' }])
  status = 500
  await until(balancer.describe, [{ State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch' }])
})

it.concurrent.each([
  ['Target.Timeout', 'Request timed out', (socket: Socket) => void socket],
  ['Target.FailedHealthChecks', 'Health checks failed', (socket: Socket) => socket.destroy()],
])('gives the reason %s with its description', async (Reason, Description, answer) => {
  const server = createSocketServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const balancer = await makeBalancer('reasons')
  await balancer.register((server.address() as AddressInfo).port)
  await until(balancer.describe, [{ State: 'unhealthy', Reason, Description }])
})

it('tells of targets that are not registered, and of groups that are not in use', async () => {
  const balancer = await makeBalancer('unused')
  expect(await balancer.describeOne({ Id: '127.0.0.9', Port: 80 })).toEqual([
    {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  ])
  await balancer.register(await serve(() => 200))
  await balancer.deleteRule()
  expect(await balancer.describe()).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }])
})

it('follows the rule with the lowest priority that matches, and else the default', async () => {
  const balancer = await makeBalancer('rules')
  await balancer.addRule(30, '/a*', '410')
  await balancer.addRule(20, '/a/b', '429')
  const statuses = ['/a/b', '/a/c', '/other'].map(async (path) => (await balancer.ask(path)).status)
  expect(await Promise.all(statuses)).toEqual([429, 410, 404])
})

it('answers 503 without a target', async () => {
  expect((await (await makeBalancer('empty')).ask('/ping')).status).toBe(503)
})
