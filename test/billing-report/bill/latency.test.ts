import { expect, it } from 'vitest'
import { summarizeLatency } from '../../../actions/billing-report/bill/latency.ts'

const count = (routeKey: string, bucket: number, requests: bigint) => ({ routeKey, bucket, requests })

it('shows the end of the bucket in which that share of the requests of a route is reached', () => {
  const counts = [
    ...[count('a', 15, 1n), count('a', 0, 50n), count('a', 4, 45n), count('a', 14, 4n)],
    ...[count('b', 3, 1n), count('c', 15, 1n)],
  ]
  expect(summarizeLatency(counts)).toEqual([
    { routeKey: 'a', p50: '≤ 10 ms', p95: '≤ 200 ms', p99: '≤ 30000 ms' },
    { routeKey: 'b', p50: '≤ 100 ms', p95: '≤ 100 ms', p99: '≤ 100 ms' },
    { routeKey: 'c', p50: '> 30000 ms', p95: '> 30000 ms', p99: '> 30000 ms' },
  ])
  const shifted = counts.map((each) => (each.bucket === 0 ? { ...each, requests: 49n } : each))
  expect(summarizeLatency(shifted)[0]).toMatchObject({ p50: '≤ 200 ms', p95: '≤ 30000 ms' })
})
