import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { findLoadBalancers } from './balanced-groups.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** The calls to CloudWatch that tell whether a service is in use. */
export type RequestCounts = {
  /** Sums up the requests that target groups got in a time, in epoch milliseconds. CloudWatch lags by minutes. */
  sum(targetGroups: readonly string[], from: number, until: number): Promise<number>
}

const periodSeconds = 60

/** Creates the adapter to the request counts of load balancers. */
export function makeRequestCounts(config: AwsConfig): RequestCounts {
  const client = makeClient(CloudWatchClient, config)
  const balancing = makeClient(ElasticLoadBalancingV2Client, config)
  return {
    sum: async (targetGroups, from, until) => {
      const found = await findLoadBalancers(balancing, targetGroups)
      const pairs = found.flatMap(({ targetGroup, loadBalancers }) =>
        loadBalancers.map((loadBalancer) => ({ targetGroup, loadBalancer })),
      )
      if (pairs.length === 0) return 0
      const MetricDataQueries = pairs.map((pair, at) => ({ Id: `requests${at}`, MetricStat: metricOf(pair) }))
      const input = { MetricDataQueries, StartTime: new Date(from), EndTime: new Date(until) }
      const results = await listPages(async (NextToken) => {
        const page = await client.send(new GetMetricDataCommand({ ...input, NextToken }))
        return { items: page.MetricDataResults ?? [], next: page.NextToken }
      })
      return results.flatMap(({ Values = [] }) => Values).reduce((sum, value) => sum + value, 0)
    },
  }
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
const metricOf = (pair: { targetGroup: string; loadBalancer: string }) => ({
  Metric: {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCount',
    Dimensions: [
      { Name: 'LoadBalancer', Value: pair.loadBalancer.replace(/^.*:loadbalancer\//, '') },
      { Name: 'TargetGroup', Value: pair.targetGroup.replace(/^.*:/, '') },
    ],
  },
  Period: periodSeconds,
  Stat: 'Sum',
})
