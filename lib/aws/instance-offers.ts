import { DescribeInstanceTypeOfferingsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** Makes the call that lists the ids of the zones that offer an instance type: none for a type that is not known. */
export function makeListOfferedZones(config: AwsConfig): (type: string) => Promise<string[]> {
  const client = makeClient(EC2Client, config)
  return async (type) => {
    const Filters = [{ Name: 'instance-type', Values: [type] }]
    const offers = await listPages(async (NextToken) => {
      const input = { LocationType: 'availability-zone-id' as const, Filters, NextToken }
      const page = await client.send(new DescribeInstanceTypeOfferingsCommand(input))
      return { items: page.InstanceTypeOfferings ?? [], next: page.NextToken }
    })
    return offers.flatMap(({ Location }) => Location ?? []).sort()
  }
}
