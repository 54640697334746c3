import { readFileSync } from 'node:fs'
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { writeTemporary } from '../fixtures/archive.ts'
import { behindProxy, denied, type Rules } from '../fixtures/aws-proxy.ts'
import { type DeployedService, deployService, runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
const { config } = account
const cluster = 'ddn-ecs-cluster'
const service = 'ddn-ecs-service'
const scaling = new ApplicationAutoScalingClient(config)
let deployed: DeployedService

const act = (operation: string, inputs: Record<string, string> = {}) =>
  runIn(account, 'pause-resume', { operation, cluster, services: service, ...inputs })

async function look() {
  const { services } = await new ECSClient(config).send(
    new DescribeServicesCommand({ cluster, services: [service] }),
  )
  const { ScalableTargets } = await scaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  )
  const { AutoScalingGroups } = await new AutoScalingClient(config).send(
    new DescribeAutoScalingGroupsCommand({}),
  )
  const [target] = ScalableTargets ?? []
  const [group] = AutoScalingGroups ?? []
  return {
    desired: services?.[0]?.desiredCount,
    running: services?.[0]?.runningCount,
    bounds: [target?.MinCapacity, target?.MaxCapacity],
    suspended: target?.SuspendedState,
    group: [group?.MinSize, group?.DesiredCapacity, group?.Instances?.length],
  }
}

async function savedState() {
  const { Body } = await new S3Client({ ...config, forcePathStyle: true }).send(
    new GetObjectCommand({
      Bucket: `ddn-toolkit-${account.account}-${account.region}`,
      Key: `pause/${cluster}/${service}.json`,
    }),
  )
  return JSON.parse((await Body?.transformToString()) ?? '')
}

beforeAll(async () => {
  deployed = await deployService(account)
  await scaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: `service/${cluster}/${service}`,
      SuspendedState: { ScheduledScalingSuspended: true },
    }),
  )
})

describe('pause-resume', () => {
  it('pauses, survives a deployment, and resumes exactly what was there', async () => {
    const before = await look()
    expect(before.group).toEqual([0, 1, 1])
    const readyUrl = `${account.endpoint}/_alb/${deployed.dnsName}/ping`
    expect((await act('pause')).outputs.result).toBe('paused')
    expect(await look()).toMatchObject({ desired: 0, running: 0, bounds: [0, 0], group: [0, 0, 0] })
    const suspended = { scheduledScaling: true, dynamicScalingIn: false }
    expect(await savedState()).toMatchObject({
      ...{ version: 2, phase: 'paused' },
      saved: { desired: 1, bounds: { min: 1, max: 4, suspended } },
    })
    const answer = await fetch(readyUrl)
    expect([answer.status, await answer.text()]).toEqual([503, '{"paused":true}'])
    expect((await act('pause')).outputs.result).toBe('already-paused')

    // The group is made with an instance, and no update starts it again.
    const deploy = { only: 'cluster, service', parameters: 'cluster.MaxInstances=5\nservice.MaxTasks=6' }
    const update = await runIn(account, 'deploy-stack', { stacks: 'cloudformation/stacks.yml', ...deploy })
    expect(update.outputs.result).toBe('changed')
    expect(await look()).toMatchObject({ desired: 0, bounds: [0, 0], group: [0, 0, 0] })
    expect((await savedState()).saved.bounds).toMatchObject({ min: 1, max: 6 })

    const resumed = await act('resume', { 'ready-url': readyUrl })
    expect(resumed.outputs.result).toBe('resumed')
    expect(await look()).toEqual({ ...before, bounds: [1, 6] })
    expect((await fetch(readyUrl)).status).toBe(200)
    const state = await savedState()
    expect(state.phase).toBe('running')
    expect(Object.keys(state)).not.toContain('saved')
    expect(Object.keys(state)).not.toContain('lock')
    expect((await act('resume')).outputs.result).toBe('already-running')
  })

  it('does what the calendar says, with six calls where nothing changes, and tells how all stands', async () => {
    const always = "version: 1\nzone: Asia/Seoul\nrunning: [{days: mon-sun, from: '00:00', until: '24:00'}]"
    const calendar = writeTemporary(Buffer.from(always), 'calendar.yml')
    let calls = 0
    const counted = await behindProxy(account, {
      refuse: () => {
        calls += 1
        return undefined
      },
    })
    const inputs = { operation: 'auto', cluster, services: 'all', calendar }
    expect((await runIn(counted, 'pause-resume', inputs)).outputs.result).toBe('already-running')
    expect(calls).toBeLessThanOrEqual(6)

    const { outputs, summary } = await act('status', { calendar })
    expect(JSON.parse(outputs.state ?? '')).toMatchObject([{ service, status: 'running', desired: 1 }])
    expect(summary).toMatch(/\| ddn-ecs-service \| running \|.* \| 1 \/ 1 \/ 0 \|.* 1 of 1 healthy \|/)
    expect(summary).toMatch(/\| ddn-ecs-cluster\/ddn-ecs-service \| 0\.\d \|/)
  })

  it('tells of a denied call, and of a cancel, what was done and what runs on and costs', async () => {
    const stop = async (rules: Rules, cancelAt?: RegExp) => {
      const { env } = await behindProxy(account, rules)
      const cancel = new AbortController()
      const run = await runActionProcess({
        action: 'pause-resume',
        inputs: { operation: 'pause', cluster, services: service },
        env: { ...env, RUNNER_TEMP: env.HOME ?? '' },
        onLine: (line) => {
          if (cancelAt?.test(line)) cancel.abort()
        },
        signal: cancel.signal,
      })
      return { ...run, report: JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8')) }
    }
    const refused = await stop({
      refuse: ({ operation }) => (operation === 'RegisterScalableTarget' ? denied.json : undefined),
    })
    expect([refused.exitCode, refused.outputs.result]).toEqual([1, 'refused'])
    expect(refused.report).toMatchObject({
      done: [expect.stringMatching(/^save the state/)],
      notDone: [
        expect.stringMatching(/^set the scalable target/),
        `set the desired count of ${service} to 0`,
        `wait until the tasks of ${service} are gone`,
        expect.stringMatching(/^wait until .* has left the instances/),
        expect.stringMatching(/^set the Auto Scaling group/),
        expect.stringMatching(/^wait until the instances/),
        `note that ${service} is paused`,
      ],
      costs: [expect.stringContaining('1 instance(s)'), expect.stringContaining(`${service}: 1 task(s)`)],
    })
    expect(JSON.parse(refused.outputs.state ?? '')).toMatchObject([{ service, running: 1 }])
    expect(refused.summary).toContain('**Still costs**')

    // The tasks seem to run for ever.
    const busy: Rules['rewrite'] = ({ operation }, answer) =>
      operation === 'DescribeServices'
        ? answer.replaceAll(/"runningCount": ?0/g, '"runningCount": 1')
        : undefined
    const cancelled = await stop({ rewrite: busy }, /wait until the tasks/)
    expect([cancelled.exitCode, cancelled.outputs.result]).toEqual([1, 'cancelled'])
    expect(cancelled.report.notDone[0]).toBe(`wait until the tasks of ${service} are gone`)
    expect(cancelled.report.goesOn).toEqual([`${service} goes from 1 to 0 task(s)`])
    expect((await act('resume')).outputs.result).toBe('resumed')
  })

  it('refuses what it cannot do, with one sentence and no stack trace', async () => {
    const { exitCode, outputs, lines } = await act('pause', { services: 'ddn-ecs-servic' })
    expect([exitCode, outputs.result]).toEqual([1, 'refused'])
    expect(lines.filter((line) => line.startsWith('::error::'))).toEqual([
      `::error::services: no service "ddn-ecs-servic" in ${cluster}; did you mean "${service}"; there are ${service}`,
    ])
    expect(lines.join('\n')).not.toContain('    at ')
  })
})
