import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { findLoadBalancers } from './balanced-groups.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { type Metric, readMetric } from './cloudwatch.ts'

/** The calls to CloudWatch that tell whether a service is in use. */
export type RequestCounts = {
  /** Sums up the requests that target groups got in a time, in epoch milliseconds. CloudWatch lags by minutes. */
  sum(targetGroups: readonly string[], from: number, until: number): Promise<number>
}

const minuteSeconds = 60

/** Creates the adapter to the request counts of load balancers. */
export function makeRequestCounts(config: AwsConfig): RequestCounts {
  const client = makeClient(CloudWatchClient, config)
  const balancing = makeClient(ElasticLoadBalancingV2Client, config)
  return {
    sum: async (targetGroups, start, end) => {
      let sum = 0
      for (const { targetGroup, loadBalancers } of await findLoadBalancers(balancing, targetGroups))
        for (const loadBalancer of loadBalancers) {
          const metric = metricOf(targetGroup, loadBalancer)
          const counts = await readMetric(client, metric, { start, end, step: minuteSeconds })
          for (const count of counts.values()) sum += count
        }
      return sum
    },
  }
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
const metricOf = (targetGroup: string, loadBalancer: string): Metric => ({
  namespace: 'AWS/ApplicationELB',
  name: 'RequestCount',
  statistic: 'Sum',
  dimensions: {
    LoadBalancer: loadBalancer.replace(/^.*:loadbalancer\//, ''),
    TargetGroup: targetGroup.replace(/^.*:/, ''),
  },
})
