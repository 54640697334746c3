import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { expect, it } from 'vitest'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { isLocal, patience } from '../../contract-account.ts'
import { openService } from '../../fixtures/balanced-service.ts'
import { type LocalAccount, localAws } from '../../local-aws.ts'

/** Starts a service with one task in an account. */
async function startService(account: LocalAccount) {
  const service = await openService(account)
  await service.create(await service.define({}))
  expect(await service.settle()).toBe('SUCCESSFUL')
  return service
}

/** A process as /proc shows it. */
type Process = { pid: number; parent: number; command: string; environment: string[] }

function listProcesses(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'latin1')
      const stat = read('stat')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return [
        { pid: Number(name), parent, command: read('cmdline'), environment: read('environ').split('\0') },
      ]
    } catch {
      return []
    }
  })
}

it.runIf(isLocal)('runs its services again when it starts with the folder that it kept', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const first = await startLocalAws({ state })
  const account = localAws(first.endpoint)
  const service = await startService(account)
  const scaling = new ApplicationAutoScalingClient(account.config)
  const target = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const
  const bounds = { MinCapacity: 1, MaxCapacity: 4 }
  await scaling.send(
    new RegisterScalableTargetCommand({
      ...target,
      ...bounds,
      ResourceId: `service/${service.cluster}/${service.service}`,
    }),
  )
  await first.stop()
  const second = await startLocalAws({ state, port: Number(new URL(first.endpoint).port) })
  await expect.poll(async () => (await service.get()).status, patience).toBe(200)
  const { ScalableTargets } = await scaling.send(new DescribeScalableTargetsCommand(target))
  expect(ScalableTargets).toMatchObject([bounds])
  await second.stop()
})

it.runIf(isLocal && process.platform === 'linux')(
  'ends what a killed local AWS left behind, and nothing else',
  async () => {
    const killed = await startLocalAws()
    const accounts = [localAws(killed.endpoint), localAws()]
    for (const account of accounts) await startService(account)
    const countTasks = () =>
      accounts.map(
        ({ endpoint, account }) =>
          listProcesses().filter(({ environment }) =>
            [`AWS_ENDPOINT_URL=${endpoint}`, `AWS_ACCESS_KEY_ID=${account}`].every((each) =>
              environment.includes(each),
            ),
          ).length,
      )
    expect(countTasks()).toEqual([1, 1])
    // The reaper would end the task; without it only the next start can.
    const reaper = listProcesses().find(
      ({ parent, command }) => parent === killed.pid && command.includes('reaper.py'),
    )
    for (const pid of [reaper?.pid ?? 0, killed.pid]) process.kill(pid, 'SIGKILL')
    await killed.stop()
    expect(countTasks()).toEqual([1, 1])
    const next = await startLocalAws()
    expect(countTasks()).toEqual([0, 1])
    await next.stop()
  },
)
