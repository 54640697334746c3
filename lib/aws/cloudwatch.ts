import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { type AwsConfig, makeClient } from './client.ts'

/** A metric of CloudWatch. */
type Metric = {
  namespace: string
  name: string
  dimensions: Readonly<Record<string, string>>
}

/** Reads of CloudWatch. */
export type Metrics = {
  /** Adds a metric up by the hour; start of the hour in epoch milliseconds to the sum. An hour without data is missing. */
  sumByHour(metric: Metric, start: number, end: number): Promise<Map<number, number>>
}

const hourSeconds = 3600
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const mostHours = 1440

/** Creates the adapter to CloudWatch. */
export function makeMetrics(config: AwsConfig): Metrics {
  const client = makeClient(CloudWatchClient, config)
  return {
    sumByHour: async ({ namespace, name, dimensions }, start, end) => {
      const sums = new Map<number, number>()
      const step = mostHours * hourSeconds * 1000
      for (let from = start; from < end; from += step) {
        const command = new GetMetricStatisticsCommand({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          StartTime: new Date(from),
          EndTime: new Date(Math.min(from + step, end)),
          Period: hourSeconds,
          Statistics: ['Sum'],
        })
        const { Datapoints = [] } = await client.send(command)
        for (const { Timestamp, Sum = 0 } of Datapoints) if (Timestamp) sums.set(Timestamp.getTime(), Sum)
      }
      return sums
    },
  }
}
