import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  type RequestedServiceQuotaChange,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'

/** The calls that read quotas of EC2, such as `L-DB2E81BA`. */
export type Ec2Quotas = {
  /** Reads the value that is applied, or AWS's default. */
  read(code: string): Promise<number>
  /** Lists the values that open requests ask for. */
  listRequested(code: string): Promise<number[]>
}

const ServiceCode = 'ec2'

/** Makes the adapter to the quotas of EC2. */
export function makeEc2Quotas(config: AwsConfig): Ec2Quotas {
  const client = makeClient(ServiceQuotasClient, config)
  return {
    read: async (QuotaCode) => {
      const { Quota } = await client
        .send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }))
        .catch(async (error: unknown) => {
          // An account in which it was never changed may have no value of its own.
          if (awsErrorName(error) !== 'NoSuchResourceException') throw error
          return await client.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }))
        })
      if (Quota?.Value === undefined) throw new Error(`quota ${QuotaCode}: expected a value, got none`)
      return Quota.Value
    },
    listRequested: async (QuotaCode) => {
      const requests = await listPages(async (NextToken) => {
        const input = { ServiceCode, QuotaCode, NextToken }
        const page = await client.send(new ListRequestedServiceQuotaChangeHistoryByQuotaCommand(input))
        return { items: page.RequestedQuotas ?? [], next: page.NextToken }
      })
      return requests.filter(isOpen).flatMap(({ DesiredValue }) => DesiredValue ?? [])
    },
  }
}

const isOpen = ({ Status }: RequestedServiceQuotaChange) => Status === 'PENDING' || Status === 'CASE_OPENED'
