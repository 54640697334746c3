import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import type { CountedInstance } from '../service/gpu-quota.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** Makes the call that lists running and pending On-Demand instances of families, such as `g` and `vt`. */
export function makeListInstances(
  config: AwsConfig,
): (families: readonly string[]) => Promise<CountedInstance[]> {
  const client = makeClient(EC2Client, config)
  return async (families) => {
    const Filters = [
      { Name: 'instance-state-name', Values: ['pending', 'running'] },
      { Name: 'instance-type', Values: families.map((family) => `${family}*`) },
    ]
    const reservations = await listPages(async (NextToken) => {
      const page = await client.send(new DescribeInstancesCommand({ Filters, NextToken, MaxResults: 1000 }))
      return { items: page.Reservations ?? [], next: page.NextToken }
    })
    return reservations
      .flatMap(({ Instances = [] }) => Instances)
      .filter(({ InstanceLifecycle }) => InstanceLifecycle === undefined)
      .map(({ InstanceType: type = '', CpuOptions: { CoreCount, ThreadsPerCore } = {} }) => ({
        type,
        vcpus:
          CoreCount === undefined || ThreadsPerCore === undefined ? undefined : CoreCount * ThreadsPerCore,
      }))
  }
}
