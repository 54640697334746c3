import type { Socket } from 'node:net'
import { CreateTargetGroupCommand, DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it, vi } from 'vitest'
import { contractAccount, isLocal, patience, undoLater, uniqueName } from '../../contract-account.ts'
import { openService } from '../../fixtures/balanced-service.ts'
import { makeBalancer, serve, serveSockets } from '../../fixtures/balancer.ts'
import { makeFoundation } from '../../fixtures/foundation.ts'
import { readOutput, stacksOf } from '../../fixtures/stack.ts'
import { localAws } from '../../local-aws.ts'

// Answers its check well until /turn was asked for; a request for /slow?PORT ends once a server at this port has said so.
const moody = `
import http.server, os, socket
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/turn": open(os.environ["HOME"] + "/bad", "w").close()
        if self.path.startswith("/slow?"):
            socket.create_connection(("127.0.0.1", int(self.path.removeprefix("/slow?")))).recv(1)
        self.send_response(500 if os.path.exists(os.environ["HOME"] + "/bad") else 200)
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"done")
address = (os.environ.get("BIND_HOST", ""), int(os.environ["FLASK_PORT"]))
http.server.ThreadingHTTPServer(address, Handler).serve_forever()
`
const runMoody = { entryPoint: ['python3', '-c', moody] }

/** Waits until what is read matches. These tests run side by side, where `expect.poll` cannot. */
const until = async (read: () => Promise<unknown>, expected: object) =>
  await vi.waitFor(async () => expect(await read()).toMatchObject(expected), {
    ...patience,
    timeout: Math.max(patience.timeout, 40_000),
  })

describe.concurrent('the targets', () => {
  it('replaces a task whose target is unhealthy, and tells why', async () => {
    const service = await openService(contractAccount())
    await service.create(await service.define({}, runMoody))
    await service.settle()
    const [before] = await service.listTasks()
    await service.get('/turn')
    await until(async () => (await service.listTasks('STOPPED'))[0], {
      taskArn: before?.taskArn,
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${service.targetGroupArn})`,
    })
    expect(await service.listEvents()).toContain(
      `(port 8080) is unhealthy in (target-group ${service.targetGroupArn}) ` +
        'due to (reason Health checks failed with these codes: [500])',
    )
    await until(async () => ({ status: (await service.get()).status }), { status: 200 })
  })

  it('keeps a new task whose target is unhealthy within the grace period', async () => {
    const service = await openService(contractAccount())
    const define = await service.define({ STATUS: '503' })
    await service.create(define, { healthCheckGracePeriodSeconds: 600 })
    await until(service.describeTargets, [
      { TargetHealth: { State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch' } },
    ])
    // The scheduler has seen it once it has done something else.
    await service.update({ desiredCount: 2 })
    await until(async () => ({ count: (await service.listTasks()).length }), { count: 2 })
    expect(await service.listTasks('STOPPED')).toEqual([])
    expect((await service.listDeployments())[0]?.status).toBe('IN_PROGRESS')
  })

  // A task of a real account has an address that only its network knows.
  it.runIf(isLocal)('replaces a task whose container check fails', async () => {
    const service = await openService(contractAccount())
    const healthCheck = { command: ['CMD-SHELL', '! test -e "$HOME/bad"'], interval: 5, retries: 1 }
    await service.create(await service.define({}, { ...runMoody, healthCheck }), { loadBalancers: [] })
    await service.settle()
    const [before] = await service.listTasks()
    expect(before?.healthStatus).toBe('HEALTHY')
    const address = before?.attachments?.[0]?.details?.find(({ name }) => name === 'privateIPv4Address')
    // Its container check says nothing of its port.
    const turn = async () => await fetch(`http://${address?.value}:8080/turn`).catch(() => undefined)
    await until(async () => ({ turned: (await turn()) !== undefined }), { turned: true })
    await until(async () => (await service.listTasks('STOPPED'))[0], {
      taskArn: before?.taskArn,
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
    })
    expect(await service.listEvents()).toContain('(task) failed container health checks.')
  })

  it('lets a request end before its task does, and sends it no other', async () => {
    const service = await openService(contractAccount())
    await service.create(await service.define({}, runMoody))
    await service.settle()
    const { promise: begun, resolve: begin } = Promise.withResolvers<Socket>()
    const slow = service.get(`/slow?${await serveSockets(begin)}`)
    const socket = await begun
    await service.update({ desiredCount: 0 })
    const readHealth = async () => (await service.describeTargets()).map(({ TargetHealth }) => TargetHealth)
    const Description = 'Target deregistration is in progress'
    await until(readHealth, [{ State: 'draining', Reason: 'Target.DeregistrationInProgress', Description }])
    expect((await service.get()).status).toBe(503)
    socket.end()
    expect([(await slow).status, await (await slow).text()]).toEqual([200, 'done'])
    await until(service.describeTargets, [])
  })

  it('refuses a target group that no load balancer uses', async () => {
    const service = await openService(contractAccount())
    const { TargetGroups } = await service.elb.send(
      new CreateTargetGroupCommand({
        ...{ Name: uniqueName(), Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: service.vpcId },
      }),
    )
    const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn
    undoLater(
      async () => await service.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: targetGroupArn })),
    )
    const loadBalancers = [{ targetGroupArn, containerName: 'app', containerPort: 8080 }]
    await expect(service.create(await service.define({}), { loadBalancers })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    })
  })

  it('finds a target unhealthy whose security group does not admit the load balancer', async () => {
    const account = contractAccount()
    const service = await openService(account)
    const { subnetIds: subnets } = await makeFoundation(account)
    const stack = await stacksOf(account).create(uniqueName(), {
      Resources: {
        Closed: {
          Type: 'AWS::EC2::SecurityGroup',
          Properties: { GroupDescription: 'closed', VpcId: service.vpcId },
        },
      },
      Outputs: { Closed: { Value: { 'Fn::GetAtt': ['Closed', 'GroupId'] } } },
    })
    const securityGroups = [readOutput(stack, 'Closed')]
    const awsvpcConfiguration = { subnets, securityGroups, assignPublicIp: 'ENABLED' } as const
    await service.create(await service.define({}), {
      healthCheckGracePeriodSeconds: 600,
      networkConfiguration: { awsvpcConfiguration },
    })
    await until(service.describeTargets, [{ TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout' } }])
    expect((await service.get()).status).toBe(504)
  })

  // Not of a service, but they wait as long: beside the others they cost no time. Their targets are ports of this machine.
  it('finds a target unhealthy after as many bad checks as the group says', async () => {
    const balancer = await makeBalancer(localAws())
    let status = 200
    await balancer.register(await serve(() => status))
    await until(balancer.describe, [{ State: 'healthy' }])
    status = 500
    await until(balancer.describe, [{ State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch' }])
  })

  it.each([
    ['Target.Timeout', 'Request timed out', (socket: Socket) => void socket],
    ['Target.FailedHealthChecks', 'Health checks failed', (socket: Socket) => socket.destroy()],
  ])('gives the reason %s with its description', async (Reason, Description, answer) => {
    const balancer = await makeBalancer(localAws())
    await balancer.register(await serveSockets(answer))
    await until(balancer.describe, [{ State: 'unhealthy', Reason, Description }])
  })
})
