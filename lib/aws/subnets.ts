import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** A subnet: its VPC, and its zone by name and by id, of which only the id is the same in all accounts. */
export type Subnet = { id: string; vpc: string; zone: string; zoneId: string }

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html: 200 values of a filter
const idsOfACall = 200

/** Makes the call that describes those of some subnets that exist. */
export function makeDescribeSubnets(config: AwsConfig): (ids: readonly string[]) => Promise<Subnet[]> {
  const client = makeClient(EC2Client, config)
  return async (ids) =>
    await inBatches(ids, idsOfACall, async (batch) => {
      // A filter, since a call with an id that does not exist fails, and names only one.
      const Filters = [{ Name: 'subnet-id', Values: [...batch] }]
      const subnets = await listPages(async (NextToken) => {
        const page = await client.send(new DescribeSubnetsCommand({ Filters, NextToken }))
        return { items: page.Subnets ?? [], next: page.NextToken }
      })
      return subnets.map(({ SubnetId = '', VpcId = '', AvailabilityZone = '', AvailabilityZoneId = '' }) => ({
        id: SubnetId,
        vpc: VpcId,
        zone: AvailabilityZone,
        zoneId: AvailabilityZoneId,
      }))
    })
}
