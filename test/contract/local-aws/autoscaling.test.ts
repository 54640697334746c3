import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommand,
  PutScheduledUpdateGroupActionCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeGroups } from '../../../lib/aws/autoscaling.ts'
import { makeGroupSchedules } from '../../../lib/aws/group-schedules.ts'
import { python, root, startLocalAws } from '../../../scripts/local-aws-process.ts'
import { contractAccount, isLocal, patience, undoLater, uniqueName } from '../../contract-account.ts'
import { type Foundation, makeFoundation } from '../../fixtures/foundation.ts'
import { removeGroup } from '../../fixtures/instances.ts'
import {
  type LaunchTemplate,
  launchTemplateResource,
  makeLaunchTemplate,
} from '../../fixtures/launch-template.ts'
import { stacksOf } from '../../fixtures/stack.ts'
import { localAws } from '../../local-aws.ts'

const account = contractAccount()
const client = new AutoScalingClient(account.config)
const stacks = stacksOf(account)
let launchTemplate: LaunchTemplate
let foundation: Foundation

beforeAll(async () => {
  foundation = await makeFoundation(account)
  launchTemplate = await makeLaunchTemplate(account)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

async function describeGroup(name: string) {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })
  return (await client.send(command)).AutoScalingGroups?.[0]
}

/** Runs lines with the modules of the local AWS; returns what they print, or why they failed. */
function runPython(lines: readonly string[]): string {
  const env = { PYTHONPATH: join(root, 'local-aws'), PYTHONDONTWRITEBYTECODE: '1' }
  const options = { encoding: 'utf8', env, timeout: 20_000 } as const
  const { stdout, stderr } = spawnSync(python, ['-c', lines.join('\n')], options)
  return stdout.trim() || stderr
}

describe('a group of one instance, or two', () => {
  const AutoScalingGroupName = uniqueName()

  async function summarize() {
    const group = await describeGroup(AutoScalingGroupName)
    return {
      desired: group?.DesiredCapacity,
      instances: group?.Instances?.length,
      suspended: (group?.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName),
    }
  }

  beforeAll(async () => {
    const sizes = { MinSize: 0, MaxSize: 2, DesiredCapacity: 1 }
    const VPCZoneIdentifier = foundation.subnetIds.join(',')
    const input = { AutoScalingGroupName, ...sizes, LaunchTemplate: launchTemplate, VPCZoneIdentifier }
    undoLater(async () => await removeGroup(account, AutoScalingGroupName))
    await client.send(new CreateAutoScalingGroupCommand(input))
    await vi.waitFor(async () => expect((await summarize()).instances).toBe(1), patience)
  })

  it('is in the zones of its subnets', async () => {
    const group = await describeGroup(AutoScalingGroupName)
    expect(group?.AvailabilityZones).toHaveLength(2)
    expect(group?.AvailabilityZones).toContain(group?.Instances?.[0]?.AvailabilityZone)
  })

  it('shows suspended processes, and resumes those that are named', async () => {
    const ScalingProcesses = ['Launch', 'Terminate']
    await client.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }))
    await client.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }))
    expect(await makeGroups(account.config).describe([AutoScalingGroupName])).toMatchObject([
      { suspended: ['Terminate'] },
    ])
    await client.send(new SuspendProcessesCommand({ AutoScalingGroupName }))
    expect((await summarize()).suspended).toHaveLength(9)
  })

  it('refuses a desired capacity out of the bounds', async () => {
    const command = new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 3 })
    await expect(client.send(command)).rejects.toThrow(
      'New SetDesiredCapacity value 3 is above max value 2 for the AutoScalingGroup.',
    )
  })

  it('starts no instance while Launch is suspended, and pulls the desired capacity into new bounds', async () => {
    await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 2 }))
    expect(await summarize()).toMatchObject({ desired: 2, instances: 1 })
    await client.send(new ResumeProcessesCommand({ AutoScalingGroupName }))
    await expect.poll(summarize, patience).toMatchObject({ desired: 2, instances: 2 })
  })

  it('gets the sizes of a scheduled action when that is due, once', async () => {
    const [ScheduledActionName, StartTime] = ['night', new Date(Date.now() + (isLocal ? 1_000 : 60_000))]
    const sizes = { MinSize: 0, DesiredCapacity: 0 }
    const action = { AutoScalingGroupName, ScheduledActionName, StartTime, ...sizes }
    await client.send(new PutScheduledUpdateGroupActionCommand(action))
    const scheduled = async () =>
      (await makeGroupSchedules(account.config).list([AutoScalingGroupName])).length
    expect(await scheduled()).toBe(1)
    await expect.poll(summarize, patience).toMatchObject({ desired: 0, instances: 0 })
    expect(await scheduled()).toBe(0)
  })

  it('tells the next time of a recurrence in its zone', async () => {
    const often = { Recurrence: '0 9 * * 1-5', TimeZone: 'Asia/Seoul' }
    const action = { AutoScalingGroupName, ScheduledActionName: 'morning', ...often, DesiredCapacity: 1 }
    await client.send(new PutScheduledUpdateGroupActionCommand(action))
    const [found] = await makeGroupSchedules(account.config).list([AutoScalingGroupName])
    expect(found).toMatchObject({ desired: 1, recurrence: '0 9 * * 1-5 Asia/Seoul' })
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Seoul' } as const
    expect(new Intl.DateTimeFormat('en-GB', parts).format(found?.at)).toMatch(/^(Mon|Tue|Wed|Thu|Fri) 09:00$/)
    expect(found?.at).toBeGreaterThan(Date.now())
  })
})

it.runIf(isLocal)('acts at each time of a recurrence, until its end', () => {
  const lines = [
    'from local_aws.autoscaling.schedules import follow_schedule',
    'from ministack.services.autoscaling import _scheduled_actions as actions',
    'group = {"AutoScalingGroupName": "g", "MinSize": 0, "MaxSize": 2, "DesiredCapacity": 0}',
    'start = {"StartTime": "2026-01-01T00:00:00Z", "Recurrence": "0 9 * * *", "MinSize": -1, "MaxSize": -1}',
    'actions["g/on"] = {**start, "DesiredCapacity": 3}',
    'actions["g/over"] = {**start, "DesiredCapacity": -1, "EndTime": "2026-01-02T00:00:00Z"}',
    'follow_schedule(group)',
    'print(group["DesiredCapacity"], *actions, actions["g/on"]["StartTime"] > start["StartTime"])',
  ]
  expect(runPython(lines)).toBe('2 g/on True')
})

it.runIf(isLocal)('ends an instance when the time of each hook that it waits for is over', () => {
  const lines = [
    'from local_aws.autoscaling.instances import reconcile_instances',
    'from ministack.services.autoscaling import _hooks as hooks',
    'of_all = {"HealthStatus": "Healthy", "AvailabilityZone": "z", "ProtectedFromScaleIn": False}',
    'instances = [{"InstanceId": "i-1", "LifecycleState": "InService", **of_all}]',
    'group = {"AutoScalingGroupName": "g", "AutoScalingGroupARN": "a", "MinSize": 0, "MaxSize": 1, "DesiredCapacity": 0}',
    'group.update(AvailabilityZones=["z"], Instances=instances)',
    'hook = {"AutoScalingGroupName": "g", "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}',
    'hooks["g/late"] = {**hook, "LifecycleHookName": "late", "HeartbeatTimeout": 3600}',
    'hooks["g/over"] = {**hook, "LifecycleHookName": "over", "HeartbeatTimeout": 0}',
    'reconcile_instances(group)',
    'reconcile_instances(group)',
    'print(instances[0]["LifecycleState"], *instances[0]["_waits_for"])',
    'instances[0]["_waits_for"]["late"] -= 3600',
    'reconcile_instances(group)',
    'print(len(instances))',
  ]
  expect(runPython(lines)).toBe('Terminating:Wait late\n0')
})

it.runIf(isLocal).each([
  ['0 9 * * 1-5', '2026-11-30T09:00:00+00:00', 'the working day after a Friday'],
  ['0 9 15 * *', '2026-12-15T09:00:00+00:00', 'a day of the month'],
  ['0 9 15 * 3', '2026-12-02T09:00:00+00:00', 'either day, where both are limited'],
  ['0 9 28 * 3', '2026-11-28T09:00:00+00:00', 'either day, the other way'],
  ['0 9 * * 6-7', '2026-11-28T09:00:00+00:00', 'a range that ends with Sunday as 7'],
  ['0 9 * * 0', '2026-11-29T09:00:00+00:00', 'Sunday as 0'],
  ['0 9 * * 1-5/2', '2026-11-30T09:00:00+00:00', 'every second day of a range'],
  ['0 9 * * MON', '2026-11-30T09:00:00+00:00', 'a name'],
  ['0 9 30 2 *', '', 'a day that never comes'],
])('reads the recurrence %s as cron does, next %s: %s', (recurrence, next) => {
  const lines = [
    'from datetime import UTC, datetime',
    'from local_aws.autoscaling.schedules import _next_time',
    `print(_next_time({"Recurrence": "${recurrence}"}, datetime(2026, 11, 27, 10, tzinfo=UTC)))`,
  ]
  expect(runPython(lines)).toBe(next)
})

describe('a new group', () => {
  const create = async (more: Partial<CreateAutoScalingGroupCommandInput>) => {
    const input = { AutoScalingGroupName: uniqueName(), MinSize: 0, MaxSize: 1, ...more }
    await client.send(new CreateAutoScalingGroupCommand(input))
  }
  const noSource =
    'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.'

  it('wants something to launch, which exists, and a place', async () => {
    const VPCZoneIdentifier = foundation.subnetIds.join(',')
    await expect(create({ VPCZoneIdentifier })).rejects.toMatchObject({
      name: 'ValidationError',
      message: noSource,
    })
    await expect(create({ LaunchTemplate: launchTemplate })).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'At least one Availability Zone or VPC Subnet is required.',
    })
    const LaunchTemplate = { LaunchTemplateId: 'lt-00000000000000000', Version: '1' }
    await expect(create({ VPCZoneIdentifier, LaunchTemplate })).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        'You must use a valid fully-formed launch template. The specified launch template, with template ID lt-00000000000000000, does not exist.',
    })
  })

  it('takes a launch template by its name, and tells its id', async () => {
    const [AutoScalingGroupName, LaunchTemplateName] = [uniqueName(), uniqueName()]
    const { Type, Properties } = launchTemplateResource('t3.micro')
    const Resources = { Template: { Type, Properties: { ...Properties, LaunchTemplateName } } }
    await stacks.create(uniqueName(), { Resources })
    undoLater(async () => await removeGroup(account, AutoScalingGroupName))
    const VPCZoneIdentifier = foundation.subnetIds.join(',')
    const LaunchTemplate = { LaunchTemplateName, Version: '1' }
    await create({ AutoScalingGroupName, VPCZoneIdentifier, LaunchTemplate })
    expect((await describeGroup(AutoScalingGroupName))?.LaunchTemplate).toEqual({
      LaunchTemplateId: expect.stringMatching(/^lt-/),
      LaunchTemplateName,
      Version: '1',
    })
  })

  it('wants them in a template too', async () => {
    const Properties = { MinSize: '0', MaxSize: '1', VPCZoneIdentifier: foundation.subnetIds }
    const Group = { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties }
    const { StackId = '', StackStatus } = await stacks.create(uniqueName(), { Resources: { Group } })
    expect(StackStatus).toBe('ROLLBACK_COMPLETE')
    expect(await stacks.reasons(StackId)).toContainEqual(
      expect.stringMatching(
        `^Group CREATE_FAILED Resource handler returned message: "${noSource} \\(Service: `,
      ),
    )
  })
})

it.runIf(isLocal)('starts instances as fast as the environment says', async () => {
  vi.stubEnv('LOCAL_AWS_INSTANCE_START_SECONDS', '3600')
  const aws = await startLocalAws()
  const own = localAws(aws.endpoint)
  const slow = new AutoScalingClient(own.config)
  const place = { LaunchTemplate: await makeLaunchTemplate(own), AvailabilityZones: ['ap-northeast-2a'] }
  const input = { AutoScalingGroupName: uniqueName(), MinSize: 1, MaxSize: 1, ...place }
  await slow.send(new CreateAutoScalingGroupCommand(input))
  const { AutoScalingGroups } = await slow.send(new DescribeAutoScalingGroupsCommand({}))
  expect(AutoScalingGroups).toMatchObject([{ Instances: [{ LifecycleState: 'Pending' }] }])
  await aws.stop()
})
