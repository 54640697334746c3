import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { operationOf } from '../../../lib/service/pause-state/turn.ts'
import type { Account } from '../account.ts'
import { normalize, type State } from './state.ts'

/** Reads a service: counts, bounds, suspended scaling, its group, and what is saved of it. */
export async function readService(account: Account, cluster: string, service: string): Promise<State> {
  const { config } = account
  const { services: [found] = [] } = await new ECSClient(config).send(
    new DescribeServicesCommand({ cluster, services: [service] }),
  )
  const { ScalableTargets = [] } = await new ApplicationAutoScalingClient(config).send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  )
  const { AutoScalingGroups = [] } = await new AutoScalingClient(config).send(
    new DescribeAutoScalingGroupsCommand({}),
  )
  const lines = [
    `service ${service} desired ${found?.desiredCount} running ${found?.runningCount}`,
    ...ScalableTargets.map(
      (target) =>
        `target ${target.ResourceId} ${target.MinCapacity}..${target.MaxCapacity} suspended ${JSON.stringify(target.SuspendedState)}`,
    ),
    ...AutoScalingGroups.map(
      (group) =>
        `group ${group.AutoScalingGroupName} min ${group.MinSize} desired ${group.DesiredCapacity} instances ${group.Instances?.length}`,
    ),
    ...(await readSavedStates(account)),
  ]
  return { reached: normalize(lines, account), effects: [], leftovers: [] }
}

async function readSavedStates({ config, id, region }: Account): Promise<string[]> {
  const client = new S3Client({ ...config, forcePathStyle: true })
  const Bucket = `ddn-toolkit-${id}-${region}`
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'pause/' }))
  return await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
      const { wish, ...state } = JSON.parse((await Body?.transformToString()) ?? '{}')
      // A second run notes what it was asked for, which the first has done.
      const isDone = wish?.operation === operationOf(state.phase)
      const text = JSON.stringify(isDone ? state : { ...state, wish }, undefined, 2)
      // When it was saved differs from run to run.
      return `saved ${Key} ${text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replaceAll(/\s+/g, ' ')}`
    }),
  )
}
