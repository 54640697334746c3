import { CloudWatchLogsClient, DescribeSubscriptionFiltersCommand } from '@aws-sdk/client-cloudwatch-logs'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** A subscription filter of a log group: which events it sends, and to whom. */
export type Subscription = { pattern: string; destination: string }

/** Reads of subscription filters. */
export type Subscriptions = {
  /** Lists the filters of a log group; undefined where there is no such group. */
  list(logGroup: string): Promise<Subscription[] | undefined>
}

/** Creates the adapter to subscription filters. */
export function makeSubscriptions(config: AwsConfig): Subscriptions {
  const client = makeClient(CloudWatchLogsClient, config)
  return {
    list: async (logGroupName) => {
      try {
        // A log group has two at most: one page.
        const { subscriptionFilters = [] } = await client.send(
          new DescribeSubscriptionFiltersCommand({ logGroupName }),
        )
        return subscriptionFilters.map(({ filterPattern = '', destinationArn = '' }) => ({
          pattern: filterPattern,
          destination: destinationArn,
        }))
      } catch (error) {
        if (awsErrorName(error) === 'ResourceNotFoundException') return undefined
        throw error
      }
    },
  }
}
