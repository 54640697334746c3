import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CreateCapacityProviderCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ECSClient,
} from '@aws-sdk/client-ecs'
import { DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import {
  type ContractAccount,
  contractAccount,
  patience,
  undoLater,
  uniqueName,
} from '../../contract-account.ts'
import { openService } from '../../fixtures/balanced-service.ts'
import { makeCluster } from '../../fixtures/instances.ts'

/** Makes a group that protects no instances, beside that of a cluster. */
async function makeGroup(
  { config }: ContractAccount,
  { launchTemplate: LaunchTemplate, foundation }: Awaited<ReturnType<typeof makeCluster>>,
  MinSize: number,
) {
  const groups = new AutoScalingClient(config)
  const AutoScalingGroupName = uniqueName()
  const VPCZoneIdentifier = foundation.subnetIds.join()
  await groups.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName, MinSize, MaxSize: 1, VPCZoneIdentifier, LaunchTemplate },
    }),
  )
  const remove = async (ForceDelete: boolean) =>
    await groups.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete }))
  undoLater(async () => await remove(true))
  const described = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] })
  const { AutoScalingGroups } = await groups.send(described)
  return { arn: AutoScalingGroups?.[0]?.AutoScalingGroupARN, remove }
}

describe('what is in use', () => {
  it('keeps a cluster with a service, and a target group with a listener', async () => {
    const service = await openService(contractAccount())
    const { cluster } = service
    await service.create(await service.define({}), { desiredCount: 0 })
    const remove = async () => await service.ecs.send(new DeleteClusterCommand({ cluster }))
    await expect(remove()).rejects.toMatchObject({
      name: 'ClusterContainsServicesException',
      message: 'The Cluster cannot be deleted while Services are active.',
    })
    const removeGroup = async () =>
      await service.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: service.targetGroupArn }))
    await expect(removeGroup()).rejects.toMatchObject({ name: 'ResourceInUseException' })
    // The listener goes with its load balancer.
    await service.deleteBalancer()
    await removeGroup()
  })

  it('lets a deleted service drain before its cluster can go', async () => {
    const opened = await openService(contractAccount())
    const { ecs, cluster, service } = opened
    await opened.create(await opened.define({}))
    await opened.settle()
    await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }))
    const status = async () => (await opened.describe()).status
    expect(await status()).not.toBe('ACTIVE')
    await expect.poll(status, patience).toBe('INACTIVE')
    expect(await opened.listTasks('STOPPED')).toMatchObject([{ stopCode: 'ServiceSchedulerInitiated' }])
    await ecs.send(new DeleteClusterCommand({ cluster }))
    const described = ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))
    await expect(described).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
  })

  it('keeps a capacity provider of a cluster, and a group with instances', async () => {
    const account = contractAccount()
    const made = await makeCluster(account)
    const { capacityProvider } = made
    await expect(
      new ECSClient(account.config).send(new DeleteCapacityProviderCommand({ capacityProvider })),
    ).rejects.toMatchObject({ message: 'The specified capacity provider is in use and cannot be removed.' })
    const { remove } = await makeGroup(account, made, 1)
    await expect(remove(false)).rejects.toMatchObject({ name: 'ResourceInUseFault' })
    await remove(true)
  })
})

it('protects no instances of a group that does not protect new ones', async () => {
  const account = contractAccount()
  const { arn } = await makeGroup(account, await makeCluster(account), 0)
  const create = (status: 'ENABLED' | 'DISABLED') =>
    new ECSClient(account.config).send(
      new CreateCapacityProviderCommand({
        name: uniqueName(),
        autoScalingGroupProvider: {
          autoScalingGroupArn: arn,
          managedScaling: { status },
          managedTerminationProtection: 'ENABLED',
        },
      }),
    )
  const message = (end: string) =>
    expect.stringMatching(`^The managed termination protection setting .* ${end}\\.$`)
  await expect(create('DISABLED')).rejects.toMatchObject({
    message: message('managed scaling must be enabled'),
  })
  await expect(create('ENABLED')).rejects.toMatchObject({ message: message('from scale in enabled') })
})
