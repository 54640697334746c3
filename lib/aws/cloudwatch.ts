import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { type AwsConfig, makeClient } from './client.ts'

/** A metric of CloudWatch, and how its values are joined. */
export type Metric = {
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

/** Creates the adapter to CloudWatch. */
export function makeMetrics(config: AwsConfig): Metrics {
  const client = makeClient(CloudWatchClient, config)
  return {
    readHours: async (metric, start, end) =>
      await readMetric(client, metric, { start, end, step: hourSeconds }),
  }
}

/** A time, in epoch milliseconds, in steps of so many seconds. */
type Steps = { start: number; end: number; step: number }

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const mostSteps = 1440

/** Reads a metric step by step: start of the step in epoch milliseconds to its value. A step without data is missing. */
export async function readMetric(
  client: CloudWatchClient,
  { namespace, name, statistic, dimensions }: Metric,
  { start, end, step }: Steps,
): Promise<Map<number, number>> {
  const values = new Map<number, number>()
  const longest = mostSteps * step * 1000
  for (let from = start; from < end; from += longest) {
    const command = new GetMetricStatisticsCommand({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(from),
      EndTime: new Date(Math.min(from + longest, end)),
      Period: step,
      Statistics: [statistic],
    })
    const { Datapoints = [] } = await client.send(command)
    for (const { Timestamp, [statistic]: value = 0 } of Datapoints)
      if (Timestamp) values.set(Timestamp.getTime(), value)
  }
  return values
}
