import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { type AwsConfig, makeClient } from './client.ts'

/** A metric of CloudWatch, and how its values are joined. */
type Metric = {
  namespace: string
  name: string
  statistic: 'Sum' | 'Maximum'
  dimensions: Readonly<Record<string, string>>
}

/** Reads of CloudWatch. */
export type Metrics = {
  /** Reads a metric by the hour; start of the hour in epoch milliseconds to the value. An hour without data is missing. */
  readHours(metric: Metric, start: number, end: number): Promise<Map<number, number>>
}

const hourSeconds = 3600
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const mostHours = 1440

/** Creates the adapter to CloudWatch. */
export function makeMetrics(config: AwsConfig): Metrics {
  const client = makeClient(CloudWatchClient, config)
  return {
    readHours: async ({ namespace, name, statistic, dimensions }, start, end) => {
      const values = new Map<number, number>()
      const step = mostHours * hourSeconds * 1000
      for (let from = start; from < end; from += step) {
        const command = new GetMetricStatisticsCommand({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          StartTime: new Date(from),
          EndTime: new Date(Math.min(from + step, end)),
          Period: hourSeconds,
          Statistics: [statistic],
        })
        const { Datapoints = [] } = await client.send(command)
        for (const { Timestamp, [statistic]: value = 0 } of Datapoints)
          if (Timestamp) values.set(Timestamp.getTime(), value)
      }
      return values
    },
  }
}
