import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { expect, it } from 'vitest'
import { childEnv, localAwsEnv } from '../../../scripts/child-env.ts'
import { type LocalAws, startLocalAws } from '../../../scripts/local-aws-process.ts'
import { deployService } from '../../fixtures/service.ts'
import { patience } from '../../fixtures/task.ts'
import { localAws } from '../../local-aws.ts'

const { account, region, config, env } = localAws()

/** The account as another local AWS has it. */
const accountOf = ({ endpoint }: Pick<LocalAws, 'endpoint'>) => ({
  account,
  region,
  endpoint,
  config: { ...config, endpoint },
  env: childEnv(env.HOME ?? '', localAwsEnv({ endpoint, account, region })),
})

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

it('runs its services again when it starts with the folder that it kept', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const first = await startLocalAws({ region, state })
  const { dnsName } = await deployService(accountOf(first))
  await first.stop()
  const port = Number(new URL(first.endpoint).port)
  const second = await startLocalAws({ region, state, port })
  const ask = async () => (await fetch(`${second.endpoint}/_alb/${dnsName}/ping`)).status
  await expect.poll(ask, patience).toBe(200)
  const targets = new ApplicationAutoScalingClient(accountOf(second).config)
  const { ScalableTargets } = await targets.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  )
  expect(ScalableTargets).toMatchObject([{ MinCapacity: 1, MaxCapacity: 4 }])
  await second.stop()
})

it.runIf(process.platform === 'linux')(
  'ends what a killed local AWS left behind, and nothing else',
  async () => {
    const killed = await startLocalAws({ region })
    await deployService(accountOf(killed))
    const other = accountOf({ endpoint: localAws().endpoint })
    await deployService(other)
    const countTasks = () =>
      [killed.endpoint, other.endpoint].map(
        (endpoint) =>
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
    const next = await startLocalAws({ region })
    expect(countTasks()).toEqual([0, 1])
    await next.stop()
  },
)
