import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { localAws } from '../../local-aws.ts'

const client = new AutoScalingClient(localAws().config)
const AutoScalingGroupName = 'g'

async function describeGroup() {
  const { AutoScalingGroups } = await client.send(new DescribeAutoScalingGroupsCommand({}))
  const [group] = AutoScalingGroups ?? []
  return {
    desired: group?.DesiredCapacity,
    instances: group?.Instances?.length,
    suspended: (group?.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName),
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

beforeAll(async () => {
  await client.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: 2,
      DesiredCapacity: 1,
      AvailabilityZones: ['ap-northeast-2a'],
    }),
  )
})

it('shows suspended processes, and resumes those that are named', async () => {
  const ScalingProcesses = ['Launch', 'Terminate']
  await client.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }))
  await client.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }))
  expect((await describeGroup()).suspended).toEqual(['Terminate'])
  await client.send(new SuspendProcessesCommand({ AutoScalingGroupName }))
  expect((await describeGroup()).suspended).toHaveLength(9)
})

it('refuses a desired capacity out of the bounds', async () => {
  const command = new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 3 })
  await expect(client.send(command)).rejects.toThrow(
    'New SetDesiredCapacity value 3 is above max value 2 for the AutoScalingGroup.',
  )
})

it('starts no instance while Launch is suspended, and pulls the desired capacity into new bounds', async () => {
  await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 2 }))
  expect(await describeGroup()).toMatchObject({ desired: 2, instances: 1 })
  await client.send(new ResumeProcessesCommand({ AutoScalingGroupName }))
  expect(await describeGroup()).toMatchObject({ desired: 2, instances: 2 })
})

it('starts instances as fast as the environment says', async () => {
  vi.stubEnv('LOCAL_AWS_INSTANCE_START_SECONDS', '3600')
  const aws = await startLocalAws()
  const slow = new AutoScalingClient(localAws(aws.endpoint).config)
  const sizes = { MinSize: 1, MaxSize: 1, AvailabilityZones: ['ap-northeast-2a'] }
  await slow.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName, ...sizes }))
  const { AutoScalingGroups } = await slow.send(new DescribeAutoScalingGroupsCommand({}))
  expect(AutoScalingGroups).toMatchObject([{ Instances: [{ LifecycleState: 'Pending' }] }])
  await aws.stop()
})
